/** Installs everything but the operator's pods, as the README says: config/default, and the components of open feature gates. */
import type { ControlPlane } from './control-plane.ts';
import { field } from './kube-object.ts';

/** What an open gate of the settings needs beside the rest. */
const components: Readonly<Record<string, string>> = {
  EnvoyFilter: 'config/components/envoy-filter/role.yaml',
  CertManager: 'config/components/cert-manager/role.yaml',
};

/** Applies what an operator with these settings needs. */
export async function install({ kubectl }: Pick<ControlPlane, 'kubectl'>, settings: object = {}): Promise<void> {
  const apply = ['apply', '--server-side', '--force-conflicts'];
  await kubectl([...apply, '-k', 'config/default']);
  for (const [gate, file] of Object.entries(components)) {
    if (field(settings, 'featureGates', gate) === true) await kubectl([...apply, '-f', file]);
  }
}
