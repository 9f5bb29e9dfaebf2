/** cert-manager's controllers as one process: those that make certificates with issuers of kind SelfSigned and CA. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { programPath } from '../../hack/toolchain/location.ts';
import { startComponent } from './component.ts';
import type { Component } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** Starts it as admin; the CRDs must be there. `secrets`: the namespace of the Secrets that ClusterIssuers sign with. */
export function startCertManager({ run, api }: ControlPlane, secrets: string): Promise<Component> {
  const name = 'cert-manager';
  const kubeconfig = writeKubeconfig(join(run.folder, `${name}.kubeconfig`), api.endpoint);
  const logFile = join(run.folder, `${name}.log`);
  return startComponent(run, {
    name,
    command: programPath('cert-manager'),
    args: [`--kubeconfig=${kubeconfig}`, `--cluster-resource-namespace=${secrets}`],
    isReady: () => Promise.resolve(readFileSync(logFile, 'utf8').includes('cert-manager runs')),
  });
}
