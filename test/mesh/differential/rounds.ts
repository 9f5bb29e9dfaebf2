/** Rounds: which worlds stand in the mesh at one time, and on which pods. */
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { slotAccount, slotCount, slotPods } from './ground.ts';
import type { World } from './world.ts';

/** Worlds that stand in the mesh together. */
export type Round = readonly World[];

/** How many slots a world needs: the pods of its apps with `internal`. Its apps name them from 0 on. */
export function slotsOf({ apps }: World): number {
  const names = apps.map(({ spec }) => spec.app?.selector?.app ?? '');
  return Array.from({ length: slotCount }, (_, slot) => slotPods(slot).app ?? '').filter((name) => names.includes(name))
    .length;
}

/** Most worlds without policies that stand in the mesh beside others: a proxy that gets too many at once is slow to answer. */
const mostOthers = 20;

/** Rounds in which no two apps police the same pods; worlds without such apps are spread over all of them. */
export function roundsOf(worlds: readonly World[]): readonly Round[] {
  const rounds: World[][] = [];
  let used = slotCount;
  for (const world of worlds.filter((one) => slotsOf(one) > 0)) {
    const needed = slotsOf(world);
    if (needed > slotCount) throw new Error(`${world.name} needs ${needed} slots, there are ${slotCount}`);
    if (used + needed > slotCount) {
      rounds.push([]);
      used = 0;
    }
    rounds.at(-1)?.push(onSlots(world, used));
    used += needed;
  }
  const rest = worlds.filter((world) => slotsOf(world) === 0);
  while (rounds.length * mostOthers < rest.length) rounds.push([]);
  for (const [i, world] of rest.entries()) rounds[i % rounds.length]?.push(world);
  return rounds;
}

/** The world on other slots: its slot 0 is `first`. */
function onSlots(world: World, first: number): World {
  return { ...world, apps: world.apps.map((app) => onSlot(app, first)) };
}

function onSlot(app: AppTraffic, first: number): AppTraffic {
  const slot = Array.from({ length: slotCount }, (_, i) => i).find(
    (one) => slotPods(one).app === app.spec.app?.selector?.app,
  );
  if (slot === undefined) return app;
  const { serviceAccount } = app.spec.app ?? {};
  const account = serviceAccount === slotAccount(slot) ? { serviceAccount: slotAccount(slot + first) } : {};
  return { ...app, spec: { ...app.spec, app: { ...app.spec.app, selector: slotPods(slot + first), ...account } } };
}
