/** The sample that the demo applies: waiting until it is Ready, and showing what it became. */
import { join } from 'node:path';
import { childKindsBehind, kinds } from '../../src/kube/gvk.ts';
import { readManifests } from '../../test/testbed/crds.ts';
import { condition, field } from '../../test/testbed/kube-object.ts';
import type { KubeObject } from '../../test/testbed/kube-object.ts';
import type { Kubectl } from './kubectl.ts';
import { untilSo } from './wait.ts';
import type { Look } from './wait.ts';

/** The file, and the namespace and name of its AppTraffic. */
export const sample = {
  file: join(import.meta.dirname, '../../config/samples/shop.yaml'),
  namespace: 'shop',
  name: 'shop',
};

const resource = `${kinds.AppTraffic.plural}.${kinds.AppTraffic.group}`;
const readyWithinMs = 60_000;

/** The sample's object of that kind. */
export function sampleObject(kind: 'Namespace' | 'AppTraffic'): KubeObject {
  const found = readManifests([sample.file]).find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`${sample.file} holds no ${kind}`);
  return found;
}

/** Waits until the sample is Ready. Rejects when it is Stalled, after a minute, and when the signal aborts. */
export async function untilReady(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const where = [resource, sample.name, '-n', sample.namespace];
  await untilSo(kubectl, where, progressOf, { withinMs: readyWithinMs, signal });
}

/** A status of an older generation says nothing yet. */
function progressOf(app: KubeObject): Look {
  const isSeen = field(app, 'status', 'observedGeneration') === app.metadata.generation;
  const ready = isSeen ? condition(app, 'Ready') : undefined;
  return {
    isSo: ready?.status === 'True',
    isFinal: isSeen && condition(app, 'Stalled')?.status === 'True',
    message: `the app is not Ready: ${ready?.message ?? 'it has no status yet'}`,
  };
}

/** The table of the app, and those of the objects it became, as kubectl prints them. */
export async function whatBecame(kubectl: Kubectl): Promise<string> {
  const childResources = childKindsBehind({ EnvoyFilter: false, CertManager: false }).map((name) =>
    `${kinds[name].plural}.${kinds[name].group}`.replace(/\.$/, ''),
  );
  const inNamespace = ['-n', sample.namespace];
  const app = await kubectl(['get', resource, sample.name, ...inNamespace]);
  const children = await kubectl([
    'get',
    childResources.join(','),
    ...inNamespace,
    '-l',
    `apptraffic.dev/app=${sample.name}`,
  ]);
  return `$ kubectl get apptraffic ${sample.name} -n ${sample.namespace}\n${app}\n${children}`;
}
