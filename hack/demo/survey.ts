/** What is there already on a cluster that the user has, and so what the demo has to make; refuses where it would meddle. */
import { join } from 'node:path';
import { childKindsBehind, kinds } from '../../src/kube/gvk.ts';
import type { ChildKind } from '../../src/kube/gvk.ts';
import { readManifests } from '../../test/testbed/crds.ts';
import { field } from '../../test/testbed/kube-object.ts';
import type { KubeObject } from '../../test/testbed/kube-object.ts';
import { istioCrdFile } from '../toolchain/istio-module.ts';
import type { Kubectl } from './kubectl.ts';
import { sample, sampleObject } from './sample.ts';
import { Refusal } from './talk.ts';

/** What the demo is about to do. */
export type Survey = {
  /** CRDs and namespace that are not there, in the order in which to make them. */
  readonly toMake: readonly KubeObject[];
  /** The same in words. */
  readonly announcement: string;
};

const crdFolder = join(import.meta.dirname, '../../crds');

/** Looks, and changes nothing. Throws a Refusal where the sample or an operator is there already. */
export async function survey(kubectl: Kubectl): Promise<Survey> {
  const missing = await missingCrds(kubectl);
  await refuseSecondOperator(kubectl);
  if (!missing.includes(crdName('AppTraffic'))) await refuseSecondSample(kubectl);
  const hasNamespace = await namespaceIsThere(kubectl);
  const crds = missing.length === 0 ? [] : crdObjects(missing);
  const toMake = [...crds, ...(hasNamespace ? [] : [sampleObject('Namespace')])];
  return { toMake, announcement: announce(toMake, hasNamespace) };
}

function crdName(kind: 'AppTraffic' | ChildKind): string {
  return `${kinds[kind].plural}.${kinds[kind].group}`;
}

/** Names of the CRDs that the sample needs and the cluster lacks. */
async function missingCrds(kubectl: Kubectl): Promise<readonly string[]> {
  const istio = childKindsBehind({ EnvoyFilter: false, CertManager: false }).filter((kind) =>
    kinds[kind].group.endsWith('.istio.io'),
  );
  const needed = (['AppTraffic', ...istio] as const).map(crdName);
  const found = await kubectl(['get', 'crd', ...needed, '--ignore-not-found', '-o', 'name']);
  return needed.filter((name) => !found.split('\n').some((line) => line.endsWith(`/${name}`)));
}

/** Istio's come from its Go module, which is only looked for when one of them is missing. */
function crdObjects(names: readonly string[]): readonly KubeObject[] {
  const isOurs = (name: string): boolean => name === crdName('AppTraffic');
  const files = [crdFolder, ...(names.every(isOurs) ? [] : [istioCrdFile()])];
  return readManifests(files).filter(
    ({ kind, metadata }) => kind === 'CustomResourceDefinition' && names.includes(metadata.name),
  );
}

/** Two operators would write the same objects. Who may not list Deployments is not asked. */
async function refuseSecondOperator(kubectl: Kubectl): Promise<void> {
  const selector = ['-l', 'app.kubernetes.io/name=apptraffic', '-A', '-o', 'name'];
  const found = await kubectl(['get', 'deployments', ...selector]).catch(() => '');
  if (found !== '') {
    throw new Refusal(`an operator is installed already (${found.trim()}): kubectl apply -f config/samples/shop.yaml`);
  }
}

async function refuseSecondSample(kubectl: Kubectl): Promise<void> {
  const { name, namespace } = sample;
  const found = await kubectl([
    'get',
    crdName('AppTraffic'),
    name,
    '-n',
    namespace,
    '--ignore-not-found',
    '-o',
    'name',
  ]);
  if (found !== '') throw new Refusal(`AppTraffic ${namespace}/${name} is there already, and is not the demo's`);
}

async function namespaceIsThere(kubectl: Kubectl): Promise<boolean> {
  const { namespace } = sample;
  const text = await kubectl(['get', 'namespace', namespace, '--ignore-not-found', '-o', 'json']);
  if (text === '') return false;
  const live = JSON.parse(text) as KubeObject;
  if (live.metadata.deletionTimestamp !== undefined) throw new Refusal(`namespace ${namespace} is being deleted`);
  if (field(live, 'metadata', 'labels', 'istio-injection') !== 'enabled') {
    throw new Refusal(`namespace ${namespace} is there already, without the label istio-injection=enabled`);
  }
  return true;
}

function announce(toMake: readonly KubeObject[], hasNamespace: boolean): string {
  return [
    'This will be made there, and removed at the end:',
    ...toMake.map(({ kind, metadata }) => `  ${kind} ${metadata.name}`),
    `  AppTraffic ${sample.namespace}/${sample.name}, and what the operator makes of it`,
    ...(hasNamespace ? [`Namespace ${sample.namespace} is there already and stays.`] : []),
    '',
  ].join('\n');
}
