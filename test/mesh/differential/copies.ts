/** Copies: how many requests a mirror gets, beside what was decided. */
import { randomUUID } from 'node:crypto';
import type { Decision } from '../../../src/decide/decision.ts';
import { eventually } from '../../testbed/eventually.ts';
import { wrongShares } from './compare.ts';
import { expectationsOf, podsBehind, portOf } from './expected.ts';
import { inChunks } from './in-chunks.ts';
import { observe } from './observe.ts';
import type { Place } from './observe.ts';
import type { Pair } from './requests.ts';
import type { Prepared } from './world.ts';

type Asked = { readonly prepared: Prepared; readonly pair: Pair; readonly decision: Decision };

/** What a mirror must get: the share of the requests in percent, and the pods that may see the requests or copies. */
export type Copied<A> = A & {
  readonly share: number;
  readonly pods: readonly string[];
  readonly ownPods: readonly string[];
};

const requests = 150;
const atOnce = 30;

/**
 * One pair for every route that has a mirror and whose own requests are always answered by pods. None opens a websocket:
 * its copy is given up where the client is gone before the copy is opened.
 */
export function copiesOf<A extends Asked>(asked: readonly A[]): readonly Copied<A>[] {
  const found = asked.flatMap((one) => copied(one) ?? []);
  const keyOf = ({ decision, pair }: A): string => `${decision.app?.name} ${decision.route} ${pair.to === 'gateway'}`;
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

function copied<A extends Asked>(one: A): Copied<A> | undefined {
  const { decision, pair, prepared } = one;
  const { forwarded, route, app, notes } = decision;
  const own = prepared.served.apps.find(({ traffic }) => traffic.app.name === app?.name)?.traffic;
  if (forwarded?.mirror === undefined || own === undefined || pair.request.method !== 'GET') return undefined;
  if (forwarded.websocket === true) return undefined;
  const [expected, ...others] = expectationsOf(decision, pair, prepared);
  if (expected?.is !== 'pod' || others.length > 0) return undefined;
  const targetPort = portOf(own, route, pair.to);
  const isRefused = notes.some((note) => note.includes('refuses the copies'));
  const pods = isRefused ? [] : podsBehind(forwarded.mirror.to, own, { targetPort, prepared });
  return { ...one, share: pods.length === 0 ? 0 : forwarded.mirror.percent, pods, ownPods: expected.pods };
}

/** Sends the request many times; how the copies differ from what must be, as sentences. */
export async function wronglyCopied<A extends Asked>(one: Copied<A>, place: Place): Promise<readonly string[]> {
  const key = randomUUID();
  const { request } = one.pair;
  const pair = {
    ...one.pair,
    request: { ...request, headers: [...request.headers, { name: 'x-echo-key', value: key }] },
  };
  const answers = await inChunks(Array.from({ length: requests }), atOnce, (_, i) => observe(pair, place, i));
  const failed = answers.filter((answer) => answer.is === 'none' || answer.seen === undefined).length;
  const counts = await settledCounts(place, key);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const nameOf = (pod: string): string => pod.slice(0, pod.lastIndexOf(':'));
  const known = new Set([...one.pods, ...one.ownPods].map(nameOf));
  const strangers = [...counts].filter(([pod, count]) => count > 0 && !known.has(pod)).map(([pod]) => pod);
  return [
    ...(failed === 0 ? [] : [`${failed} of ${requests} were answered by no pod`]),
    ...strangers.map((pod) => `${pod} got requests or copies that are not its own`),
    ...wrongCount(total - requests, one.share),
  ];
}

function wrongCount(count: number, share: number): readonly string[] {
  if (share === 0) return count === 0 ? [] : [`no copy was expected, got ${count}`];
  return wrongShares([
    { name: 'the mirror', share, count },
    { name: 'nobody', share: 100 - share, count: requests - count },
  ]);
}

/** How often each server got the key, as `namespace/name`, once five looks in a row agree: copies are on their way when the last answer comes. */
async function settledCounts({ stage }: Place, key: string): Promise<ReadonlyMap<string, number>> {
  let counts: ReadonlyMap<string, number> = new Map();
  let same = 0;
  await eventually('the number of copies no longer changes', async () => {
    const next = await stage.mesh.counts(key);
    same = JSON.stringify([...next]) === JSON.stringify([...counts]) ? same + 1 : 0;
    counts = next;
    return same === 5;
  });
  return counts;
}
