/** The series of notes that an event recorder remembers, and which of them are to be sent when. */
import type { EventManifest, EventSeries } from './event-manifest.ts';

/** A series ends when its note has not come again for so long (client-go, tools/events: finishTime). */
export const seriesIdleMs = 6 * 60_000;

/** A running series tells its count at most this often after the second note (client-go, tools/events: refreshTime). */
const refreshMs = 30 * 60_000;

/** Beyond so many series the one that was silent longest is no longer merged with. */
const mostSeries = 4096;

/** One Event and how often its note came; times are monotonic ms. */
export type Series = {
  readonly key: string;
  readonly manifest: EventManifest;
  count: number;
  observedAt: number;
  /** MicroTime of the last note. */
  observedTime: string;
  /** Whether the Event is on the server. */
  created: boolean;
  /** The count that the server knows. */
  sentCount: number;
  sentAt: number;
  failures: number;
};

/** What the Event's `series` has to say; undefined for something that happened once. */
export function seriesOf({ count, observedTime }: Series): EventSeries | undefined {
  return count < 2 ? undefined : { count, lastObservedTime: observedTime };
}

/** The Event as it is to be created now. */
export function eventOf(series: Series): EventManifest & { readonly series?: EventSeries } {
  const running = seriesOf(series);
  return running === undefined ? series.manifest : { ...series.manifest, series: running };
}

/** Holds the running series, and those that wait to be sent; new ones are refused while too many wait. */
export class EventOutbox {
  readonly #capacity: number;
  /** By key; the one that was silent longest comes first. */
  readonly #running = new Map<string, Series>();
  /** To when each one waits, in order of arrival. */
  readonly #waiting = new Map<Series, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The running series under this key that has not ended by `now`. */
  running(key: string, now: number): Series | undefined {
    const series = this.#running.get(key);
    if (series === undefined || now - series.observedAt < seriesIdleMs) return series;
    this.#finish(series, now);
    return undefined;
  }

  /** Starts a series and has it sent; false when too many wait already. */
  start(series: Series): boolean {
    if (this.#waiting.size >= this.#capacity) return false;
    this.touch(series);
    this.post(series, series.observedAt);
    return true;
  }

  /** Moves a series to the end, because its note came again. */
  touch(series: Series): void {
    this.#running.delete(series.key);
    this.#running.set(series.key, series);
    const [oldest] = this.#running.values();
    if (oldest !== undefined && this.#running.size > mostSeries) this.#finish(oldest, series.observedAt);
  }

  /** Its next note starts a new Event. */
  forget(series: Series): void {
    if (this.#running.get(series.key) === series) this.#running.delete(series.key);
  }

  /** Has a series sent at `at` or later, unless it waits already. */
  post(series: Series, at: number): void {
    if (!this.#waiting.has(series)) this.#waiting.set(series, at);
  }

  /** The series to send now; it no longer waits. */
  take(now: number): Series | undefined {
    for (const [series, at] of this.#waiting) {
      if (at > now) continue;
      this.#waiting.delete(series);
      return series;
    }
    return undefined;
  }

  /** Ends series that are silent, posts those with news to tell, and says when to look again. */
  sweep(now: number): number {
    for (const series of this.#running.values()) {
      if (now - series.observedAt >= seriesIdleMs) this.#finish(series, now);
      else if (hasNews(series) && now - series.sentAt >= refreshMs) this.post(series, now);
    }
    let next = Math.min(...this.#waiting.values());
    for (const series of this.#running.values()) {
      const due = hasNews(series) && !this.#waiting.has(series) ? series.sentAt + refreshMs : Number.POSITIVE_INFINITY;
      next = Math.min(next, due, series.observedAt + seriesIdleMs);
    }
    return next;
  }

  /** Everything that the server has not been told yet, waiting or not; nothing waits or runs afterwards. */
  drain(): Series[] {
    const left = new Set([...this.#waiting.keys(), ...[...this.#running.values()].filter(hasNews)]);
    this.#waiting.clear();
    this.#running.clear();
    return [...left];
  }

  #finish(series: Series, now: number): void {
    this.#running.delete(series.key);
    if (hasNews(series)) this.post(series, now);
  }
}

/** Whether the Event on the server counts less than happened. */
export function hasNews(series: Series): boolean {
  return series.created && series.count > series.sentCount;
}
