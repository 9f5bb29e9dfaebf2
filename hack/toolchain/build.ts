/** Puts the parts of the test bed named on the command line (all without a name) into the cache: `make toolchain`. */
import { fetchWheel } from './fetch-wheel.ts';
import { buildGoPart } from './go-part.ts';
import { ToolchainError } from './location.ts';
import { parts } from './parts.ts';
import type { Part } from './parts.ts';
import { ensurePrerequisites } from './prerequisites.ts';
import { say } from './progress.ts';
import { wheels } from './wheels.ts';
import type { Wheel } from './wheels.ts';

type Step = readonly [name: string, run: () => Promise<void>];

/** What is quick comes first. */
const steps: readonly Step[] = [
  ...Object.entries(wheels).map(([name, wheel]: [string, Wheel]): Step => [name, () => fetchWheel(name, wheel)]),
  ...Object.entries(parts).map(([name, part]: [string, Part]): Step => [name, () => buildGoPart(name, part)]),
];

function chosenSteps(words: readonly string[]): readonly Step[] {
  const unknown = words.filter((word) => !steps.some(([name]) => name === word));
  if (unknown.length > 0) {
    throw new ToolchainError(`no part ${unknown.join(' ')}; known: ${steps.map(([name]) => name).join(' ')}`);
  }
  return words.length === 0 ? steps : steps.filter(([name]) => words.includes(name));
}

try {
  const chosen = chosenSteps(process.argv.slice(2));
  ensurePrerequisites(
    chosen.map(([name]) => name),
    say,
  );
  for (const [, run] of chosen) await run();
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
