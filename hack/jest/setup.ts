/** Every test asserts something: one without a single `expect` fails. */
afterEach(() => {
  const state = expect.getState() as { assertionCalls: number; currentTestName?: string };
  if (state.assertionCalls === 0) throw new Error(`no expectation ran in "${state.currentTestName ?? 'a test'}"`);
});
