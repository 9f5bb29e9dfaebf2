/** Compiles one app as it is stored, in the World as the caches show it now. */
import { compile } from '../compile/compile.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Platform } from '../model/platform.ts';
import type { AppEntry } from './app-index.ts';
import type { AppStates } from './app-state.ts';
import { refusedBySchema } from './refused-by-schema.ts';
import type { Sources } from './sources.ts';
import { worldOf } from './world.ts';

/** What compiling works with. */
export type CompileTools = {
  readonly sources: Sources;
  readonly states: AppStates;
  readonly platform: Platform;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** What the app becomes; one that the schema refuses becomes nothing. */
export function compileEntry(entry: AppEntry, tools: CompileTools): Compiled {
  if (!entry.parsed.ok || entry.traffic === undefined) return refusedBySchema(entry);
  const { platform, sources, states } = tools;
  const now = new Date(tools.now()).toISOString();
  const { decisions } = states;
  return compile(entry.parsed.value, worldOf(entry, entry.traffic, sources, { platform, decisions, now }));
}
