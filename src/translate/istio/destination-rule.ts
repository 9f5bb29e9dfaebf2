/** The DestinationRule that names the subsets of the app's pods. */
import type { DestinationRule } from '../../generated/istio/destination-rule.ts';
import { childName } from '../../kube/identity.ts';
import { reachesOwnPods } from '../../model/backends-of.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { ownHost } from './service-host.ts';

/**
 * One DestinationRule with every subset that the app declares, when Istio routes requests to the app's Service; else
 * none. It has no `tls`: that would switch off the mesh's own choice of mutual TLS for each pod.
 */
export function translateDestinationRule(traffic: Traffic, { platform }: World): Translation {
  const { app, backends } = traffic;
  const subsets = backends
    .flatMap((backend) => (backend.kind === 'Subset' ? [{ name: backend.name, labels: backend.labels }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (subsets.length === 0 || !istioRoutes(traffic).some(reachesOwnPods)) return { manifests: [], problems: [] };
  const manifest: DestinationRule = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: childMetadata(app, childName('DestinationRule', app.name, [])),
    spec: { host: ownHost(traffic, platform), subsets, exportTo: ['*'] },
  };
  return { manifests: [manifest], problems: [] };
}

/** The routes that Istio serves: inside the mesh, and outside unless an ingress controller does. */
function istioRoutes({ external, internal }: Traffic): readonly Route[] {
  const isServed = external !== undefined && external.edge.kind !== 'Ingress' && external.hosts.length > 0;
  return [...(isServed ? external.routes : []), ...(internal?.routes ?? [])];
}
