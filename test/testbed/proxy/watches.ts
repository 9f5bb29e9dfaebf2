/** The open watches of a proxy, and what tests do to them. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { matches } from './exchange-log.ts';
import type { Exchange, Match } from './exchange-log.ts';
import { createWatchRelay } from './watch-relay.ts';
import type { EventFilter, WatchEvent, WatchRelay } from './watch-relay.ts';

/** Events being swallowed. */
export type Swallowing = {
  /** The events swallowed so far. */
  readonly events: readonly WatchEvent[];
  readonly stop: () => void;
};

/** Watches of one proxy; a match picks them by their request. */
export type Watches = {
  /** Relays one watch until either side ends; `reset` breaks the client's connection. */
  readonly open: (exchange: Exchange, from: IncomingMessage, to: ServerResponse, reset: () => void) => Promise<void>;
  /** The requests of the watches that are open now. */
  readonly openWatches: (match?: Match) => readonly Exchange[];
  /** Resets the connections of open watches mid-stream; gives their number. */
  readonly cutWatches: (match?: Match) => number;
  /** Ends open watches as the server does when their time is up; gives their number. */
  readonly endWatches: (match?: Match) => number;
  /** Hides events from the client, on open and later watches, until stopped. */
  readonly swallowEvents: (match: Match, isSwallowed: EventFilter) => Swallowing;
  /** Slips an event into open watches, e.g. an ERROR with a Status of 410; gives their number. */
  readonly sendEvent: (match: Match, event: WatchEvent) => number;
  /** Falls silent on open and later watches without closing them, until the given function is called. */
  readonly stallWatches: (match: Match) => () => void;
  /** Stops all swallowing and stalling. */
  readonly heal: () => void;
};

type OpenWatch = {
  readonly exchange: Exchange;
  readonly relay: WatchRelay;
  readonly reset: () => void;
  readonly end: () => void;
  /** What the server did to the connection while it was stalled, done to the client's afterwards. */
  afterStall?: () => void;
};

type Hiding = { readonly match: Match; readonly isSwallowed: EventFilter; readonly events: WatchEvent[] };

/** No watches yet. */
export function createWatches(): Watches {
  const openOnes = new Set<OpenWatch>();
  const hidings = new Set<Hiding>();
  const stalls = new Set<{ readonly match: Match }>();

  const selected = (match: Match): readonly OpenWatch[] =>
    [...openOnes].filter(({ exchange }) => matches(match, exchange));
  const filtersOf = (exchange: Exchange): readonly EventFilter[] =>
    [...hidings]
      .filter(({ match }) => matches(match, exchange))
      .map(({ isSwallowed, events }) => (event) => {
        const isHidden = isSwallowed(event);
        if (isHidden) events.push(event);
        return isHidden;
      });
  const isStalled = (exchange: Exchange): boolean => [...stalls].some(({ match }) => matches(match, exchange));
  const unstall = (stall: { readonly match: Match }): void => {
    stalls.delete(stall);
    for (const watch of selected(stall.match)) {
      if (isStalled(watch.exchange)) continue;
      watch.relay.resume();
      watch.afterStall?.();
    }
  };

  return {
    open: async (exchange, from, to, reset) => {
      const out = (chunk: Buffer): void => {
        if (to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
      };
      const relay = createWatchRelay(out, () => filtersOf(exchange));
      const watch: OpenWatch = { exchange, relay, reset, end: () => void to.end() };
      openOnes.add(watch);
      if (isStalled(exchange)) relay.stall();
      from.on('data', (chunk: Buffer) => relay.push(chunk));
      const onceAudible = (close: () => void): void => {
        if (isStalled(exchange)) watch.afterStall = close;
        else close();
      };
      from.once('end', () => onceAudible(watch.end));
      from.on('error', () => onceAudible(reset));
      to.once('close', () => from.destroy());
      try {
        await once(to, 'close');
      } finally {
        openOnes.delete(watch);
      }
    },
    openWatches: (match = {}) => selected(match).map(({ exchange }) => exchange),
    cutWatches: (match = {}) => {
      const cut = selected(match);
      for (const watch of cut) watch.reset();
      return cut.length;
    },
    endWatches: (match = {}) => {
      const ended = selected(match);
      for (const watch of ended) watch.end();
      return ended.length;
    },
    swallowEvents: (match, isSwallowed) => {
      const hiding: Hiding = { match, isSwallowed, events: [] };
      hidings.add(hiding);
      return { events: hiding.events, stop: () => void hidings.delete(hiding) };
    },
    sendEvent: (match, event) => {
      const watches = selected(match);
      for (const { relay } of watches) relay.send(event);
      return watches.length;
    },
    stallWatches: (match) => {
      const stall = { match };
      stalls.add(stall);
      for (const { relay } of selected(match)) relay.stall();
      return () => unstall(stall);
    },
    heal: () => {
      hidings.clear();
      for (const stall of stalls) unstall(stall);
    },
  };
}
