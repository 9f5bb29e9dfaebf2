/** Seeds: the same number gives the same worlds. */
import * as fc from 'fast-check';
import { withClients } from './clients.ts';
import { elsewhereNamed, worldNamed } from './layouts.ts';
import { withListeners } from './listeners.ts';
import type { World } from './world.ts';

/** What CI runs. */
export const ciSeed = 20_260;
/** How many worlds CI runs. */
export const ciWorlds = 300;
/** How many worlds of other providers CI decides. */
export const ciElsewhere = 60;

/** Worlds of a seed, in order. */
export function worldsOf(seed: number, count: number): readonly World[] {
  return Array.from({ length: count }, (_, i) => worldOf(seed, i));
}

/** Worlds of providers that do not run beside the mesh; for the branches of `decide` that are theirs. */
export function elsewhereOf(seed: number, count: number): readonly World[] {
  return Array.from({ length: count }, (_, i) => drawn(elsewhereNamed(`e${i}`), seed, i));
}

/** One world of a seed; it depends on its number alone, not on how many there are. */
export function worldOf(seed: number, number: number): World {
  return withClients(withListeners(drawn(worldNamed(`w${number}`), seed, number)));
}

function drawn(worlds: fc.Arbitrary<World>, seed: number, number: number): World {
  const [world] = fc.sample(worlds, { seed: seed + number * 7_919, numRuns: 1 });
  if (world === undefined) throw new Error('nothing was drawn');
  return world;
}
