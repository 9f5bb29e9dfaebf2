/** The demo on a control plane of its own: etcd, kube-apiserver and kube-controller-manager on loopback. */
import { spawn } from 'node:child_process';
import { once as nextEvent } from 'node:events';
import { join } from 'node:path';
import { startControlPlane } from '../../test/testbed/control-plane.ts';
import type { ControlPlane } from '../../test/testbed/control-plane.ts';
import { startOperator } from '../../test/testbed/operator.ts';
import { istioCrdFile } from '../toolchain/istio-module.ts';
import { programPath } from '../toolchain/location.ts';
import { isOnPath } from './kubectl.ts';
import { sample, untilReady, whatBecame } from './sample.ts';
import { stayUp } from './stay.ts';
import { Refusal, say } from './talk.ts';

const root = join(import.meta.dirname, '../..');
const account = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };

/** How to run it. */
export type EmbeddedDemo = { readonly once: boolean; readonly signal: AbortSignal };

/** Builds what is missing, shows the sample, stays up unless `once`; ends everything that it started. */
export async function demoEmbedded({ once, signal }: EmbeddedDemo): Promise<void> {
  await buildToolchain(signal);
  say('starting etcd, kube-apiserver and kube-controller-manager');
  const plane = await startControlPlane({ crds: [join(root, 'crds'), istioCrdFile()] });
  try {
    await show(plane, { once, signal });
  } finally {
    await plane.stop();
    say('everything is stopped and removed');
  }
}

/** Shows its progress; builds nothing that is built already. */
async function buildToolchain(signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'hack/toolchain/build.ts'), 'etcd', 'kube'], {
    stdio: 'inherit',
    signal,
  });
  const [code] = (await nextEvent(child, 'close')) as [number | null];
  if (code !== 0) throw new Refusal('the programs of the control plane could not be built');
}

async function show(plane: ControlPlane, { once, signal }: EmbeddedDemo): Promise<void> {
  signal.throwIfAborted();
  say('granting the operator the roles in config/rbac');
  for (const file of ['namespace.yaml', 'service-account.yaml'])
    await plane.kubectl(['apply', '--server-side', '-f', join(root, 'config/manager', file)]);
  await plane.kubectl(['apply', '--server-side', '-k', join(root, 'config/rbac')]);
  say(`starting the operator as ServiceAccount ${account.namespace}/${account.name}`);
  const operator = await startOperator(plane, {
    kubeconfig: await plane.serviceAccountKubeconfig(account.namespace, account.name),
  });
  signal.throwIfAborted();
  say(`applying config/samples/shop.yaml`);
  await plane.kubectl(['apply', '-f', sample.file]);
  await untilReady(plane.kubectl, signal);
  process.stdout.write(`\n${await whatBecame(plane.kubectl)}\n`);
  if (once) return;
  process.stdout.write(`${invitation(plane.kubeconfig)}\n`);
  await stayUp(operator, signal);
}

function invitation(kubeconfig: string): string {
  const kubectl = isOnPath('kubectl') ? 'kubectl' : programPath('kubectl');
  return [
    'It stays up until Ctrl-C. In another terminal:',
    `  export KUBECONFIG=${kubeconfig}`,
    `  ${kubectl} get virtualservice shop-istio -n shop -o yaml`,
    `  ${kubectl} patch apptraffic shop -n shop --type=merge -p '{"spec":{"split":{"stable":50,"canary":50}}}'`,
    `  ${kubectl} delete virtualservice shop-istio -n shop     # it comes back`,
    '',
  ].join('\n');
}
