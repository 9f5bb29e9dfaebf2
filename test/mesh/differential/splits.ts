/** Splits whose shares can be counted: each pod belongs to one side. */
import type { Decision } from '../../../src/decide/decision.ts';
import { podsBehind, portOf } from './expected.ts';
import type { Pair } from './requests.ts';
import type { Prepared } from './world.ts';

type Asked = { readonly prepared: Prepared; readonly pair: Pair; readonly decision: Decision };

/** A side of a split, its share in percent and its pods. */
export type Side = { readonly name: string; readonly weight: number; readonly pods: readonly string[] };

/** One pair for every route that splits between sides that no pod shares. */
export function splitsOf<A extends Asked>(asked: readonly A[]): readonly (A & { readonly shares: readonly Side[] })[] {
  // An abort takes its part of every side.
  const whole = asked.filter(({ decision: { fault } }) => fault?.abort === undefined);
  const found = whole.flatMap((one) => {
    const shares = sidesOf(one);
    return shares === undefined ? [] : [{ ...one, shares }];
  });
  return [
    ...new Map(
      found.map((one) => [`${one.decision.app?.name} ${one.decision.route} ${one.pair.to === 'gateway'}`, one]),
    ).values(),
  ];
}

function sidesOf({ prepared, pair, decision }: Asked): readonly Side[] | undefined {
  const { forwarded, app, route, notes } = decision;
  const own = prepared.served.apps.find(({ traffic }) => traffic.app.name === app?.name)?.traffic;
  if (forwarded === undefined || own === undefined || forwarded.backends.length < 2) return undefined;
  if (notes.length > 0 || (pair.caller === undefined && pair.to !== 'gateway') || pair.request.method !== 'GET')
    return undefined;
  const targetPort = portOf(own, route, pair.to);
  const sides = forwarded.backends.map(({ name, weight }) => ({
    name,
    weight,
    pods: podsBehind(name, own, { targetPort, prepared }),
  }));
  const all = sides.flatMap(({ pods }) => pods);
  const areApart = new Set(all).size === all.length && sides.every(({ pods }) => pods.length > 0);
  return areApart ? sides : undefined;
}
