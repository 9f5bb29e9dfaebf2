/** How a namespace takes part in the mesh, from its labels alone (Istio: sidecar injection, ambient data plane mode). */
import type { StringMap } from '../kube/manifest.ts';
import type { MeshMode } from '../model/world.ts';

/**
 * `istio.io/dataplane-mode: ambient` is ambient; `istio-injection: enabled`, or a revision without
 * `istio-injection: disabled`, is sidecars (istio.io, Installing the Sidecar: the namespace labels).
 */
export function meshModeOf(labels: StringMap): MeshMode {
  const injection = labels['istio-injection'];
  const revision = labels['istio.io/rev'];
  if (injection === 'enabled' || (injection !== 'disabled' && revision !== undefined)) return 'Sidecar';
  return labels['istio.io/dataplane-mode'] === 'ambient' ? 'Ambient' : 'None';
}
