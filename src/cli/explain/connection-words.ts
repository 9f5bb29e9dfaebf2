/** How a proxy connects to the pods of an app, for a person at a terminal. */
import type { ConnectionValues } from '../../model/connections.ts';
import { durationText } from '../../schema/duration.ts';

/** One line for each thing that is said of them. */
export function connectionWords(connections: Partial<ConnectionValues>): readonly string[] {
  const { connectTimeout, idleTimeout, maxConnections, maxPending, maxRequests, maxRetries, eject } = connections;
  return [
    ...line(connectTimeout, (ms) => `open within ${durationText(ms)}`),
    ...line(idleTimeout, (ms) => `closed after ${durationText(ms)} without use`),
    ...line(maxConnections, (count) => `at most ${count} open`),
    ...line(maxPending, (count) => `at most ${count} requests wait for one`),
    ...line(maxRequests, (count) => `at most ${count} requests under way`),
    ...line(maxRetries, (count) => `at most ${count} repeated tries under way`),
    ...line(eject, ejectWords),
  ];
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
