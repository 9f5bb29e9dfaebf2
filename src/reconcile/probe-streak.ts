/** From what single probes find to what is said of an app: one bad answer is no news, and two kinds of bad news do not take turns. */
import type { ProbeFinding } from '../report/reachable.ts';

/** What is known of one app's probe. */
export type ProbeState = {
  /** What is said; absent: nothing yet. */
  readonly settled?: ProbeFinding;
  /** Findings in a row that say something else. */
  readonly against: readonly ProbeFinding[];
};

/** How many findings in a row change what is said; the expected answer does so at once. */
export const confirmations = 3;

/** Nothing is known. */
export const unprobed: ProbeState = { against: [] };

/**
 * The state after one more finding. The expected answer counts at once. Of an app that answered as expected, or of which
 * nothing is known, any `confirmations` others in a row say that it does not; then the last one is told. Once that is
 * said, another reason takes its place only when it was found as often without a break.
 */
export function afterFinding({ settled, against }: ProbeState, finding: ProbeFinding, expect: number): ProbeState {
  if (isExpected(finding, expect)) return { settled: finding, against: [] };
  if (settled !== undefined && isSame(settled, finding)) return { settled, against: [] };
  const isGood = settled === undefined || isExpected(settled, expect);
  const row = [...(isGood ? against : against.filter((one) => isSame(one, finding))), finding];
  if (row.length >= confirmations) return { settled: finding, against: [] };
  return { ...(settled === undefined ? {} : { settled }), against: row };
}

/** Whether more findings are needed soon: nothing is said yet, or the last finding says something else. */
export function isUnsettled({ settled, against }: ProbeState): boolean {
  return settled === undefined || against.length > 0;
}

function isExpected(finding: ProbeFinding, expect: number): boolean {
  return 'status' in finding && finding.status === expect;
}

function isSame(a: ProbeFinding, b: ProbeFinding): boolean {
  return 'status' in a ? 'status' in b && a.status === b.status : 'fault' in b && a.fault === b.fault;
}
