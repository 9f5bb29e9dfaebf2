/** Prints the manifests of every world of the CI seeds, round by round, as JSON; run from a copy of the sources. */
import { roundsOf } from '../differential/rounds.ts';
import { ciSeed, ciWorlds, worldsOf } from '../differential/seeds.ts';
import { prepare } from '../differential/world.ts';

const rounds = roundsOf(worldsOf(ciSeed, ciWorlds));
const manifests = Object.fromEntries(rounds.flat().map((world) => [world.name, prepare(world).manifests]));
process.stdout.write(JSON.stringify(manifests));
