/** Problems that only show when children are written: an outcome in the words of problem codes. */
import type { ChildOutcome, ChildState } from '../kube/child-outcome.ts';
import { compareProblems } from '../model/problem.ts';
import type { Problem } from '../model/problem.ts';
import type { ProblemCode } from '../model/problem-codes.ts';
import { clip } from './clip.ts';
import type { ServedApp } from './served-app.ts';

type ChildProblem = { readonly code: ProblemCode; readonly fix: string };

/** Absent: the state is no problem, or passes by itself. */
const problemOfState: { readonly [S in ChildState]?: ChildProblem } = {
  NotOwned: { code: 'AT0501', fix: 'delete or rename that object, or give this AppTraffic another name' },
  FieldFight: { code: 'AT0502', fix: 'let only one of the two manage the object' },
  ImmutableField: {
    code: 'AT0403',
    fix: 'undo the change, give the Service another name (spec.service.name), or delete the Service so that it is made anew',
  },
  Rejected: { code: 'AT0402', fix: 'change what the API server or its admission webhook objects to' },
  Forbidden: { code: 'AT0404', fix: 'grant the operator what its shipped roles hold (config/rbac)' },
  KindUnavailable: {
    code: 'AT0401',
    fix: 'install the CRDs of that kind, or use the other provider; the operator goes on by itself',
  },
};

/** Compile's problems and those of the outcome, sorted; a missing kind is told once although compile may know of it too. */
export function allProblems(app: ServedApp, children: readonly ChildOutcome[]): readonly Problem[] {
  const codes = new Set(app.problems.map(({ code }) => code));
  const found = children.flatMap((child): readonly Problem[] => {
    const known = problemOfState[child.state];
    if (known === undefined || (known.code === 'AT0401' && codes.has('AT0401'))) return [];
    const { kind, name } = child.key;
    const message = clip(`${kind} ${name}: ${childText(child) ?? child.state}`, 1024);
    return [{ code: known.code, field: fieldOf(child), message, fix: child.fix ?? known.fix }];
  });
  return [...app.problems, ...found].sort(compareProblems);
}

/**
 * What status says of a child. What the server answered to a write that will be tried again differs from try to try,
 * and would make every try a write of status: the log has it.
 */
export function childText({ state, message }: ChildOutcome): string | undefined {
  return state === 'Retrying' ? 'the last write failed for a passing reason and is tried again' : message;
}

function fieldOf({ key, state }: ChildOutcome): string {
  return key.kind === 'Service' && state === 'ImmutableField' ? 'spec.service.type' : 'spec';
}
