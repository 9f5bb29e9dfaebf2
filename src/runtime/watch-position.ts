/** How far a watch has come, and what to make of a server that tells an older history. */
import { ApiError } from './api-error.ts';
import { compareResourceVersions } from './resource-version.ts';

/** A list older than what was seen before may come from a server that lags; only the third in a row is believed. */
const believedAt = 3;

/** What a fresh list means: it goes on from what we know, it is refused, or the cluster itself went back (a restore). */
export type ListVerdict = 'forward' | 'refused' | 'believed';

/** The position of one watch; one history at a time. */
export class WatchPosition {
  #current: string | undefined;
  #highest = '0';
  #regressions = 0;

  /** The resourceVersion to go on from; undefined asks for a fresh list. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Asks for a fresh list. */
  forget(): void {
    this.#current = undefined;
  }

  /** An event or bookmark came. A watch only goes forward: one that goes back speaks of another history (status 410). */
  advance(resourceVersion: string): void {
    if (compareResourceVersions(resourceVersion, this.#current ?? resourceVersion) < 0) {
      throw new ApiError({ status: 410, reason: 'HistoryRegressed', message: 'the watch went back in history' });
    }
    this.#current = resourceVersion;
    if (compareResourceVersions(resourceVersion, this.#highest) > 0) this.#highest = resourceVersion;
  }

  /** A complete list came; unless it is refused, it is the new position. */
  judge(resourceVersion: string): ListVerdict {
    const regressed = compareResourceVersions(resourceVersion, this.#highest) < 0;
    this.#regressions = regressed ? this.#regressions + 1 : 0;
    if (regressed && this.#regressions < believedAt) return 'refused';
    this.#current = resourceVersion;
    this.#highest = resourceVersion;
    this.#regressions = 0;
    return regressed ? 'believed' : 'forward';
  }
}
