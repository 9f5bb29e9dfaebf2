/** What the probes ask: is the process alive, and are its caches warm. Leadership never counts: a standby is ready too. */
import type { Operator } from '../../reconcile/operator.ts';
import type { Check } from '../../server/health.ts';

/** The event loop is stuck when its heartbeat is this old, in ms. */
const stuckMs = 30_000;

/** A heartbeat of the event loop, and what it says. */
export type Heartbeat = { readonly beat: () => void; readonly check: Check };

/** `now` gives monotonic ms; `beat` is called every few seconds by a timer. */
export function heartbeat(now: () => number): Heartbeat {
  let last = now();
  return {
    beat: () => {
      last = now();
    },
    check: {
      name: 'event-loop',
      fault: () => (now() - last > stuckMs ? `no heartbeat for ${Math.round((now() - last) / 1000)} s` : undefined),
    },
  };
}

/** Ready: every cache has been filled once. */
export function readyChecks(operator: Operator): readonly Check[] {
  return [
    {
      name: 'caches',
      fault: () => {
        if (operator.isSynced()) return undefined;
        const waiting = operator.watches().filter(({ synced }) => !synced);
        const resources = new Set(waiting.map(({ resource }) => resource));
        return `not filled: ${[...resources].join(', ') || 'discovery'}`;
      },
    },
  ];
}
