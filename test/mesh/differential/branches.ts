/**
 * Decides all pairs of the CI seeds, of the regression cases and of those that are only decided, and prints, as JSON, how many there were and which branches of src/decide were not
 * taken both ways. A program of its own, because src/decide is counted as it is loaded.
 */
import { countedFiles, oneWayBranches } from './branch-counts.ts';

const { decide } = await import('../../../src/decide/decide.ts');
const { connectionsOf, decisionOn } = await import('./connections.ts');
const { pairsOf } = await import('./requests.ts');
const { ciElsewhere, ciSeed, ciWorlds, elsewhereOf, worldsOf } = await import('./seeds.ts');
const { decidedOnly, regressions } = await import('./regressions.ts');
const { prepare } = await import('./world.ts');

function decideAll(worlds: ReturnType<typeof worldsOf>): number {
  const counts = worlds.map((world) => {
    const prepared = prepare(world);
    const pairs = pairsOf(prepared);
    for (const { request, caller } of pairs) decide({ ...prepared.served, request, caller });
    for (const connection of connectionsOf(prepared)) decisionOn(connection, prepared);
    return pairs.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

const pairs = decideAll([
  ...[...decidedOnly(), ...regressions()].map(({ world }) => world),
  ...worldsOf(ciSeed, ciWorlds),
]);
const elsewhere = decideAll(elsewhereOf(ciSeed, ciElsewhere));
const found = { worlds: ciWorlds, pairs, elsewhere, files: countedFiles(), oneWay: oneWayBranches() };
process.stdout.write(`${JSON.stringify(found, undefined, 1)}\n`);
