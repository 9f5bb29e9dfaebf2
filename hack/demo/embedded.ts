/** The demo on a control plane of its own: etcd, kube-apiserver and kube-controller-manager on loopback. */
import { join } from 'node:path';
import { startControlPlane } from '../../test/testbed/control-plane.ts';
import type { ControlPlane } from '../../test/testbed/control-plane.ts';
import { startOperator } from '../../test/testbed/operator.ts';
import { istioCrdFile } from '../toolchain/istio-module.ts';
import { buildToolchain } from './build-toolchain.ts';
import { kubectlToType } from './kubectl.ts';
import { sample, untilReady, whatBecame } from './sample.ts';
import { stayUp } from './stay.ts';
import { say } from './talk.ts';

const root = join(import.meta.dirname, '../..');
const account = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };

/** How to run it. */
export type EmbeddedDemo = { readonly once: boolean; readonly signal: AbortSignal };

/** Builds what is missing, shows the sample, stays up unless `once`; ends everything that it started. */
export async function demoEmbedded({ once, signal }: EmbeddedDemo): Promise<void> {
  await buildToolchain(['etcd', 'kube'], signal);
  say('starting etcd, kube-apiserver and kube-controller-manager');
  const plane = await startControlPlane({ crds: [join(root, 'crds'), istioCrdFile()] });
  try {
    await show(plane, { once, signal });
  } finally {
    await plane.stop();
    say('everything is stopped and removed');
  }
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
  const kubectl = kubectlToType();
  return [
    'It stays up until Ctrl-C. In another terminal:',
    `  export KUBECONFIG=${kubeconfig}`,
    `  ${kubectl} get virtualservice shop-istio -n shop -o yaml`,
    `  ${kubectl} patch apptraffic shop -n shop --type=merge -p '{"spec":{"split":{"stable":50,"canary":50}}}'`,
    `  ${kubectl} delete virtualservice shop-istio -n shop     # it comes back`,
    '',
  ].join('\n');
}
