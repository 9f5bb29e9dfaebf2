/** Prints the manifests of every world of CI, round by round, as JSON; run from a copy of the sources. */
import { everyCiWorld } from '../differential/ci-worlds.ts';
import { roundsOf } from '../differential/rounds.ts';
import { prepare } from '../differential/world.ts';

const rounds = roundsOf(everyCiWorld());
const manifests = Object.fromEntries(rounds.flat().map((world) => [world.name, prepare(world).manifests]));
process.stdout.write(JSON.stringify(manifests));
