/** How a proxy connects to the pods of an app, for a person at a terminal. */
import type { ConnectionValues } from '../../model/connections.ts';
import { durationText } from '../../schema/duration.ts';

/** One line for each thing that is said of them. */
export function connectionWords(connections: Partial<ConnectionValues>): readonly string[] {
  const { connectTimeout, idleTimeout, maxConnections, maxPending, maxRequests, maxRetries, eject } = connections;
  const { algorithm, hashOn, warmup, locality } = connections;
  return [
    ...line(connectTimeout, (ms) => `open within ${durationText(ms)}`),
    ...line(idleTimeout, (ms) => `closed after ${durationText(ms)} without use`),
    ...line(maxConnections, (count) => `at most ${count} open`),
    ...line(maxPending, (count) => `at most ${count} requests wait for one`),
    ...line(maxRequests, (count) => `at most ${count} requests under way`),
    ...line(maxRetries, (count) => `at most ${count} repeated tries under way`),
    ...line(eject, ejectWords),
    ...line(algorithm, (name) => algorithmWords[name]),
    ...line(hashOn, hashWords),
    ...line(warmup, (ms) => `a new pod gets fewer requests for ${durationText(ms)}`),
    ...(locality === undefined ? [] : localityWords(locality)),
  ];
}

const algorithmWords: Readonly<Record<ConnectionValues['algorithm'], string>> = {
  LeastRequest: 'to the one of two pods with fewer requests under way',
  RoundRobin: 'to one pod after another',
  Random: 'to any pod',
};

function hashWords(on: ConnectionValues['hashOn']): string {
  if (on.by === 'sourceIP') return 'to the same pod for the same source address';
  const gives = on.by === 'cookie' && on.ttlMs !== undefined ? `, set for ${durationText(on.ttlMs)}` : '';
  return `to the same pod for the same ${on.by} ${on.name}${gives}`;
}

function localityWords(where: ConnectionValues['locality']): readonly string[] {
  if ('distribute' in where) {
    return where.distribute.map(({ from, to }) => {
      const shares = to.map(({ locality, percent }) => `${percent}% to pods in ${locality}`);
      return `from ${from}: ${shares.join(', ')}`;
    });
  }
  const next = where.failover.map(({ from, to }) => `from ${from} to ${to}`);
  return ["to pods of the caller's zone first, then of its region", `once those are left out, ${next.join(', ')}`];
}

function ejectWords({ after, forMs, maxPercent }: ConnectionValues['eject']): string {
  return [
    `a pod is left out after ${after} failures in a row`,
    ...line(forMs, (ms) => `for ${durationText(ms)}`),
    ...line(maxPercent, (percent) => `at most ${percent}% of them`),
  ].join(', ');
}

function line<T>(value: T | undefined, wordsOf: (value: T) => string): readonly string[] {
  return value === undefined ? [] : [wordsOf(value)];
}
