import { nodeRefusal } from '../../../src/cli/node-version.ts';

describe('the check of the Node version', () => {
  it.each(['v22.19.0', 'v22.20.1', 'v24.0.0', 'v30.1.0'])('takes %s', (version) => {
    expect(nodeRefusal(version)).toBeUndefined();
  });

  it.each(['v22.18.9', 'v20.20.2', 'v8.0.0'])('refuses %s and says what to do', (version) => {
    expect(nodeRefusal(version)).toBe(
      `apptraffic needs Node 22.19 or newer, and this is ${version}.
Fix: install Node 24 (https://nodejs.org), or work in a clone of the project, where npm ci brings it:
  npm run -s apptraffic -- COMMAND
`,
    );
  });
});
