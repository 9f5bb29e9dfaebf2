/** Every world that CI puts into the mesh. */
import { regressions } from './regressions.ts';
import { ciSeed, ciWorlds, worldsOf } from './seeds.ts';
import type { World } from './world.ts';

/** Those of the regression cases, then those of the CI seeds. */
export function everyCiWorld(): readonly World[] {
  return [...regressions().map(({ world }) => world), ...worldsOf(ciSeed, ciWorlds)];
}
