/** Problems: faults of the user as data. Every problem names a field and a fix; all of them are reported, never only the first. */
import type { At } from './located.ts';
import { problemCodes } from './problem-codes.ts';
import type { ProblemCode } from './problem-codes.ts';

/** One problem. Severity, condition and reason follow from the code ({@link problemCodes}). */
export type Problem = {
  readonly code: ProblemCode;
  /** The user's field, e.g. `spec.external.routes[2].to`. */
  readonly field: At;
  /** What is wrong; one sentence without a trailing full stop. Never names objects of other namespaces. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
};

/** Whether the problem makes the whole object refused: nothing is applied, pruned or repaired. */
export function refuses(problem: Problem): boolean {
  return problemCodes[problem.code].condition === 'Accepted';
}

/** Orders problems by field, then code, then message, so that equal input gives equal output. */
export function compareProblems(a: Problem, b: Problem): number {
  const textOf = (p: Problem): string => `${p.field}\n${p.code}\n${p.message}`;
  const [left, right] = [textOf(a), textOf(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
