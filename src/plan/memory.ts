/** What the process remembers of one app between two plans; losing it costs time, never correctness. */
import type { Extract } from './extract.ts';

/** All times in milliseconds since the epoch. */
export type AppMemory = {
  /** When what routes rely on (a policy, a DestinationRule, a Service) was last written; at first, when the process began to write. */
  readonly supportsAt: number;
  /** When routes of the app were last changed; at first, when the process began to write. */
  readonly routesAt: number;
  /** Since when the routes that replace draining ones are complete; absent while they are not, or nothing drains. */
  readonly edgeCompleteAt?: number;
  /** Per child (`keyText`) the hash of its projection that was last desired and live: tells a repair from an edit. */
  readonly inSync: Readonly<Record<string, string>>;
  /** Per child (`keyText`) when it was repaired, within the last ten minutes. */
  readonly repairs: Readonly<Record<string, readonly number[]>>;
  /** Per child (`keyText`) whose name an object of somebody else has that no watch tells of. */
  readonly strangers: Readonly<Record<string, KnownStranger>>;
  /** Per child (`keyText`) that Argo Rollouts edits too, how it was when it was in sync, or written, last. */
  readonly moved: Readonly<Record<string, Extract>>;
};

/** What is known of an object of somebody else until it is looked at again, at `lookAt`; `message`: whose it is. */
export type KnownStranger = { readonly lookAt: number; readonly message: string };

/** The memory of an app that this process has not seen before; `beganAt`: when the process began to write (ms). */
export function newMemory(beganAt: number): AppMemory {
  return { supportsAt: beganAt, routesAt: beganAt, inSync: {}, repairs: {}, strangers: {}, moved: {} };
}

/** After this many repairs of one child within {@link fightWindowMs} the operator stops writing it (architecture, §4). */
export const fightRepairs = 5;

/** The window in which repairs are counted, in milliseconds. */
export const fightWindowMs = 10 * 60 * 1000;

/** Of the times at which a child was repaired, those within the window. */
export function recentRepairs(times: readonly number[] | undefined, now: number): readonly number[] {
  return (times ?? []).filter((at) => at > now - fightWindowMs);
}

/** What a plan learnt of the live state. */
export type Findings = {
  readonly now: number;
  readonly edgeCompleteAt: number | undefined;
  /** Per child that is in sync, its key (`keyText`) and hash. */
  readonly inSync: readonly (readonly [string, string])[];
  /** Per child that Argo Rollouts edits too, its key (`keyText`), and how it is where it is in sync. */
  readonly moved: readonly (readonly [string, Extract | undefined])[];
  /** Keys of all desired children. */
  readonly desired: ReadonlySet<string>;
};

/** The memory with what a plan found; what is no longer desired or too old is forgotten. */
export function withFindings(memory: AppMemory, { now, edgeCompleteAt, inSync, moved, desired }: Findings): AppMemory {
  const synced = Object.entries(memory.inSync).filter(([key]) => desired.has(key));
  const repairs = Object.entries(memory.repairs)
    .map(([key, times]) => [key, recentRepairs(times, now)] as const)
    .filter(([key, times]) => desired.has(key) && times.length > 0);
  const known = moved.map(([key, extract]) => [key, extract ?? memory.moved[key]] as const);
  return {
    supportsAt: memory.supportsAt,
    routesAt: memory.routesAt,
    ...(edgeCompleteAt === undefined ? {} : { edgeCompleteAt }),
    inSync: Object.fromEntries([...synced, ...inSync]),
    repairs: Object.fromEntries(repairs),
    strangers: Object.fromEntries(
      Object.entries(memory.strangers).filter(([key, { lookAt }]) => desired.has(key) && lookAt > now),
    ),
    moved: Object.fromEntries(known.flatMap(([key, extract]) => (extract === undefined ? [] : [[key, extract]]))),
  };
}
