/** What `apptraffic explain` says of a request, from the AppTraffic as it is in the cluster now. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DecisionJson } from '../../../src/cli/question/decision-json.ts';
import type { Mesh } from '../../../test/testbed/mesh/mesh.ts';
import { sample } from '../sample.ts';

const bundle = join(import.meta.dirname, '../../../dist/apptraffic.cjs');
const run = promisify(execFile);

/** Writes the sample's AppTraffic, as the API server holds it now, to a file of the run; returns its path. */
export async function writeShop({ api, plane }: Mesh): Promise<string> {
  const { namespace, name } = sample;
  const reference = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic' };
  const app = await api.get({ ...reference, namespace, name });
  if (app === undefined) throw new Error(`AppTraffic ${namespace}/${name} is gone`);
  const file = join(plane.run.folder, 'shop.json');
  writeFileSync(file, JSON.stringify({ ...reference, metadata: { namespace, name }, spec: app.spec }));
  return file;
}

/** Runs `apptraffic explain`. `from`: the caller's NAMESPACE/SERVICEACCOUNT; absent: outside, or without a sidecar. */
export async function explain(file: string, url: string, from?: string): Promise<DecisionJson> {
  const words = ['explain', 'GET', url, ...(from === undefined ? [] : ['--from', from]), '-f', file, '-o', 'json'];
  const { stdout } = await run(process.execPath, [bundle, ...words]);
  return JSON.parse(stdout) as DecisionJson;
}
