/** The verdict on one answer: which of the specs in force gives it, or why it is a failure. */
import { differences } from '../differential/compare.ts';
import type { Expected } from '../differential/expected.ts';
import type { Observed } from '../differential/observed.ts';

/** From a moment on (milliseconds, any epoch), the specs by which answers are judged. */
export type InForce = { readonly from: number; readonly specs: readonly string[] };

/** An answer and when it was asked for and came. */
export type Sample = { readonly sentAt: number; readonly answeredAt: number; readonly observed: Observed };

/** The specs that give this answer, or what is wrong with it. */
export type Verdict = { readonly gives: readonly string[] } | { readonly failed: string };

/**
 * The specs in force at some time between asking and answering, in the order of the timeline, which begins with one that
 * is in force from the start.
 */
export function specsDuring(timeline: readonly InForce[], { sentAt, answeredAt }: Sample): readonly string[] {
  const during = timeline.filter(({ from }, at) => {
    const until = timeline[at + 1]?.from ?? Number.POSITIVE_INFINITY;
    return from <= answeredAt && until > sentAt;
  });
  return [...new Set(during.flatMap(({ specs }) => specs))];
}

/**
 * Judges an answer. A broken connection and a 5xx are failures whatever a spec says; anything else is one unless a spec in
 * force gives it. `allowed`: what `decide` lets this request get under a spec.
 */
export function judge(
  sample: Sample,
  timeline: readonly InForce[],
  allowed: (spec: string) => readonly Expected[],
): Verdict {
  const { observed } = sample;
  if (observed.is === 'none') return { failed: `no answer: ${observed.why}` };
  if (observed.status >= 500) return { failed: `status ${observed.status}` };
  const specs = specsDuring(timeline, sample);
  const judged = specs.map((spec) => ({ spec, faults: differences(allowed(spec), observed) }));
  const gives = judged.filter(({ faults }) => faults.length === 0).map(({ spec }) => spec);
  if (gives.length > 0) return { gives };
  return { failed: judged.map(({ spec, faults }) => `not as ${spec}: ${faults.join(', ')}`).join('; ') };
}
