/** What the process remembers of each app between two passes; losing it costs time, never correctness. */
import type { Change } from '../plan/change.ts';
import { newMemory } from '../plan/memory.ts';
import type { AppMemory } from '../plan/memory.ts';
import { Decisions } from './decisions.ts';

/** One app's memory. */
export type AppState = {
  /** Of the AppTraffic; another uid under the same name is another app. */
  readonly uid: string;
  readonly memory: AppMemory;
  /** Changes whose answers were lost: their children are read live before the next write. */
  readonly unsure: readonly Change[];
};

/** The memories of all apps. */
export class AppStates {
  readonly decisions = new Decisions();
  readonly #states = new Map<string, AppState>();
  readonly #ended = new Map<string, string>();
  readonly #beganAt: number;

  /** `beganAt`: when this process began to write, in ms since the epoch. */
  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  /** The memory of an app; a new one for an app, or a uid, that this process has not seen. */
  get(key: string, uid: string): AppState {
    const known = this.#states.get(key);
    return known?.uid === uid ? known : { uid, memory: newMemory(this.#beganAt), unsure: [] };
  }

  /** Keeps the memory of an app. */
  put(key: string, state: AppState): void {
    this.#states.set(key, state);
  }

  /** Whether anything is remembered of an app. */
  has(key: string): boolean {
    return this.#states.has(key);
  }

  /** The app is gone. */
  drop(key: string): void {
    this.#states.delete(key);
    this.#ended.delete(key);
    this.decisions.end(key);
  }

  /** The app, which is being deleted, has done all that it has to do; the watch will say that it is gone. */
  end(key: string, uid: string): void {
    this.drop(key);
    this.#ended.set(key, uid);
  }

  /** Whether it has. */
  hasEnded(key: string, uid: string): boolean {
    return this.#ended.get(key) === uid;
  }
}
