/** Weights, counted: how many of many requests each backend answered, beside how many the weights explain. */
import { acceptance } from '../../../src/cli/route-test/binomial.ts';
import type { DecisionJson } from '../../../src/cli/question/decision-json.ts';
import { echoOf } from '../../../test/testbed/mesh/request.ts';
import { backendOf } from './answers.ts';
import { host } from './stage.ts';
import type { Stage } from './stage.ts';

/** How often a backend answered. */
export type Share = {
  readonly backend: string;
  /** In percent. */
  readonly weight: number;
  readonly count: number;
  /** The counts that the weight explains, both ends included: right weights leave them once in a million times. */
  readonly bounds: { readonly least: number; readonly most: number };
};

/** Number of requests of one count. */
export const samples = 1_000;

const error = 1e-6;
const atOnce = 40;

/** Sends the requests from outside and counts who answers. Rejects when one is not served. */
export async function countShares({ mesh, ca }: Stage, backends: DecisionJson['backends']): Promise<readonly Share[]> {
  const counts = new Map<string, number>();
  let left = samples;
  const sendSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { version } = echoOf(await mesh.request({ host, path: '/', tls: { sni: host, ca } }));
      const backend = backendOf(version);
      counts.set(backend, (counts.get(backend) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendSome));
  return backends.map(({ name, weight }) => ({
    backend: name,
    weight,
    count: counts.get(name) ?? 0,
    bounds: acceptance(samples, weight / 100, error / backends.length),
  }));
}

/** Whether every count is one that the weights explain. */
export const areExplained = (shares: readonly Share[]): boolean =>
  shares.every(({ count, bounds: { least, most } }) => count >= least && count <= most);
