/** What went through a proxy, in order, and waiting for more of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isWrite } from './request-info.ts';
import type { RequestInfo } from './request-info.ts';

/** A request and what became of it. Fields after `body` are filled in as the exchange goes on. */
export type Exchange = RequestInfo & {
  /** Place in the order of arrival, from 0. */
  readonly index: number;
  /** Milliseconds since the proxy started. */
  readonly at: number;
  /** The request's body where it is JSON. */
  readonly body?: unknown;
  /** Of the server, or of an injected answer; absent while there is none, and when the connection broke first. */
  readonly status?: number;
  /** Of a list answered with 200: how many items it has. */
  readonly items?: number;
  /** True when the client got the status from an injection, not from the server. */
  readonly isInjected?: boolean;
};

/** Which requests: those whose fields all equal the ones given, or those a function picks. */
export type Match = Partial<Omit<RequestInfo, 'query'>> | ((request: RequestInfo) => boolean);

/** Whether a request is one of those. */
export function matches(match: Match, request: RequestInfo): boolean {
  if (typeof match === 'function') return match(request);
  const wanted = Object.entries(match) as readonly [keyof RequestInfo, unknown][];
  return wanted.every(([field, value]) => request[field] === value);
}

/** A place in the log: how many exchanges were in it. */
export type Mark = number;

/** The log of one proxy. */
export type ExchangeLog = {
  /** Opens an exchange; the object is updated by `update`. */
  readonly begin: (info: RequestInfo, body: unknown) => Exchange;
  readonly update: (exchange: Exchange, change: Pick<Exchange, 'status' | 'items' | 'isInjected'>) => void;
  readonly mark: () => Mark;
  /** In order of arrival. */
  readonly requests: (match?: Match, since?: Mark) => readonly Exchange[];
  /** The writes as architecture §4 counts them, whatever the server answered. */
  readonly writes: (since?: Mark) => readonly Exchange[];
  /** Resolves with the first matching exchange that has a status; rejects after `withinMs` (default 20 s). */
  readonly waitForRequest: (match: Match, options?: { withinMs?: number; since?: Mark }) => Promise<Exchange>;
  /** Waits that long, whatever happens; resolves with the writes that began in the meantime. */
  readonly quietFor: (ms: number) => Promise<readonly Exchange[]>;
};

/** An empty log. */
export function createExchangeLog(): ExchangeLog {
  const exchanges: Exchange[] = [];
  const listeners = new Set<(exchange: Exchange) => void>();
  const started = performance.now();
  const requests: ExchangeLog['requests'] = (match = {}, since = 0) =>
    exchanges.slice(since).filter((exchange) => matches(match, exchange));
  const writes: ExchangeLog['writes'] = (since = 0) => exchanges.slice(since).filter(isWrite);
  return {
    begin: (info, body) => {
      const at = Math.round(performance.now() - started);
      const exchange: Exchange = { ...info, index: exchanges.length, at, ...(body === undefined ? {} : { body }) };
      exchanges.push(exchange);
      return exchange;
    },
    update: (exchange, change) => {
      Object.assign(exchange, change);
      for (const listener of listeners) listener(exchange);
    },
    mark: () => exchanges.length,
    requests,
    writes,
    waitForRequest: (match, { withinMs = 20_000, since = 0 } = {}) => {
      const isIt = (exchange: Exchange): boolean =>
        exchange.index >= since && exchange.status !== undefined && matches(match, exchange);
      const past = exchanges.find(isIt);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const listener = (exchange: Exchange): void => {
          if (!isIt(exchange)) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(exchange);
        };
        const timer = setTimeout(() => {
          listeners.delete(listener);
          reject(new Error(`no request ${JSON.stringify(match)} was answered within ${withinMs} ms`));
        }, withinMs);
        listeners.add(listener);
      });
    },
    quietFor: async (ms) => {
      const since = exchanges.length;
      await sleep(ms);
      return writes(since);
    },
  };
}
