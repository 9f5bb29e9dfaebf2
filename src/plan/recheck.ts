/** When a plan has to be made again although nothing happened. */
import { keyText } from '../kube/object-key.ts';
import type { OldEdge } from './edge.ts';
import { fightWindowMs } from './memory.ts';
import type { PlanInput } from './plan-input.ts';
import type { Surveyed } from './survey.ts';

/**
 * The end of a drain period, the next look at a foreign object, or the moment when a fight over a field may be taken up
 * again (ms since the epoch).
 */
export function recheckTime(
  surveyed: readonly Surveyed[],
  edge: OldEdge,
  { memory, now }: Pick<PlanInput, 'memory' | 'now'>,
): number | undefined {
  const fights = surveyed
    .filter(({ obstacle }) => obstacle?.state === 'FieldFight')
    .map(({ child }) => Math.max(0, ...(memory.repairs[keyText(child.key)] ?? [])) + fightWindowMs);
  const strangers = surveyed.flatMap(({ child }) => memory.strangers[keyText(child.key)]?.lookAt ?? []);
  const times = [
    ...fights,
    ...strangers.filter((at) => at > now),
    ...(edge.drain?.until === undefined ? [] : [edge.drain.until]),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}
