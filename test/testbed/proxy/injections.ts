/** Faults that tests put into the exchanges of a proxy: which request is hit, and what happens to it. */
import { matches } from './exchange-log.ts';
import type { Exchange, Match } from './exchange-log.ts';

/** What happens to a request that is hit. */
export type Fault =
  /** Answered here; the server never sees it. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** The connection is reset: `before` the server gets the request, or `after` it has answered (outcome unknown to the client). */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Waits for `release()`: `before` the server gets the request (never, when the client is gone by then), or `after` it has answered. */
  | { readonly kind: 'hold'; readonly when: 'before' | 'after' };

/** A metav1.Status failure in place of the server's answer. */
export function respond(
  status: number,
  reason: string,
  more: { message?: string; retryAfterSeconds?: number } = {},
): Fault {
  const { message = `injected ${reason}`, retryAfterSeconds } = more;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` };
  const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
  const body = {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
    ...details,
  };
  return { kind: 'respond', status, body, headers };
}

/** The request is lost on its way to the server. */
export const loseRequest: Fault = { kind: 'reset', when: 'before' };

/** The server does what it was asked, and its answer is lost. */
export const loseResponse: Fault = { kind: 'reset', when: 'after' };

/** The request waits on its way to the server. */
export const holdRequest: Fault = { kind: 'hold', when: 'before' };

/** The server does what it was asked, and its answer waits. */
export const holdResponse: Fault = { kind: 'hold', when: 'after' };

/** Which of the matching requests are hit: after letting `skip` pass (default 0), the next `times` (default 1). */
export type Occurrence = { readonly skip?: number; readonly times?: number };

/** A fault in place. */
export type Injection = {
  /** The requests hit so far. */
  readonly hits: readonly Exchange[];
  /** Resolves with the first request hit, at once if there was one; a test's own timeout is its deadline. */
  readonly firstHit: Promise<Exchange>;
  /** Lets held requests go on, and does not hold later ones. */
  readonly release: () => void;
  /** Ends it: releases what is held and hits no more. */
  readonly remove: () => void;
};

/** A fault that struck: what to do, and for `hold` until when. */
export type Strike = { readonly fault: Fault; readonly released: Promise<void> };

/** The faults of one proxy; the first added that matches strikes. */
export type Injections = {
  readonly add: (match: Match, fault: Fault, occurrence?: Occurrence) => Injection;
  readonly strike: (exchange: Exchange) => Strike | undefined;
  readonly removeAll: () => void;
};

type Entry = { readonly strike: (exchange: Exchange) => Strike | undefined; readonly remove: () => void };

/** No faults yet. */
export function createInjections(): Injections {
  const entries = new Set<Entry>();
  return {
    add: (match, fault, { skip = 0, times = 1 } = {}) => {
      const hits: Exchange[] = [];
      const first = Promise.withResolvers<Exchange>();
      const released = Promise.withResolvers<void>();
      let seen = 0;
      const entry: Entry = {
        strike: (exchange) => {
          if (!matches(match, exchange)) return undefined;
          seen += 1;
          if (seen <= skip || hits.length >= times) return undefined;
          hits.push(exchange);
          first.resolve(exchange);
          return { fault, released: released.promise };
        },
        remove: () => {
          entries.delete(entry);
          released.resolve();
        },
      };
      entries.add(entry);
      return { hits, firstHit: first.promise, release: () => released.resolve(), remove: entry.remove };
    },
    strike: (exchange) => {
      for (const entry of entries) {
        const strike = entry.strike(exchange);
        if (strike !== undefined) return strike;
      }
      return undefined;
    },
    removeAll: () => {
      for (const entry of entries) entry.remove();
    },
  };
}
