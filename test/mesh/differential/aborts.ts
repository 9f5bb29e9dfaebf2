/** Aborts: how many requests a fault answers, beside what was decided. */
import type { Decision } from '../../../src/decide/decision.ts';
import { wrongShares } from './compare.ts';
import type { Observed } from './observed.ts';
import type { Pair } from './requests.ts';

type Asked = { readonly pair: Pair; readonly decision: Decision };

/** One pair for every route of which a fault aborts some of the requests and not all. */
export function abortsOf<A extends Asked>(asked: readonly A[]): readonly A[] {
  const found = asked.filter(
    ({ decision, pair }) =>
      decision.outcome === 'route' && decision.fault?.abort !== undefined && pair.request.method === 'GET',
  );
  const keyOf = ({ decision, pair }: A): string => `${decision.app?.name} ${decision.route} ${pair.to === 'gateway'}`;
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

/** How the answers to so many such requests differ from the percent of the abort, as sentences. */
export function wronglyAborted({ decision }: Asked, answers: readonly Observed[]): readonly string[] {
  const { status = 0, percent = 0 } = decision.fault?.abort ?? {};
  const isAbort = (one: Observed): boolean => one.is === 'answer' && one.seen === undefined && one.status === status;
  return wrongShares([
    { name: 'the abort', share: percent, count: answers.filter(isAbort).length },
    {
      name: 'no abort',
      share: 100 - percent,
      count: answers.filter((one) => !isAbort(one)).length,
    },
  ]);
}
