/** An environment of a fake clock, a fixed chance and a list of everything that was observed. */
import type { Environment } from '../../../src/runtime/environment.ts';
import type { RuntimeEvent } from '../../../src/runtime/observer.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';

/** What a test holds in its hands. */
export type TestEnvironment = Environment & { readonly clock: FakeClock; readonly events: readonly RuntimeEvent[] };

/** `random` is the constant that chance returns, so that jitter is known. */
export function createTestEnvironment(random = 0): TestEnvironment {
  const events: RuntimeEvent[] = [];
  return { clock: createFakeClock(), random: () => random, observe: (event) => events.push(event), events };
}
