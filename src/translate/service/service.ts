/** The app's Service: how callers in the cluster find its pods. */
import type { Service, ServicePort, ServiceSpec } from '../../kube/service.ts';
import type { Port } from '../../model/port.ts';
import type { Service as ServiceModel, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';

/** The Service of an app; none for type Existing, which is only referenced. */
export function translateService(traffic: Traffic, _world: World): Translation {
  const { app, service } = traffic;
  if (service.type === 'Existing') return { manifests: [], problems: [] };
  const metadata = childMetadata(app, service.name);
  const annotated = Object.keys(service.annotations).length === 0 ? {} : { annotations: service.annotations };
  const manifest: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, ...annotated },
    spec: serviceSpec(service, traffic),
  };
  return { manifests: [manifest], problems: [] };
}

function serviceSpec(service: ServiceModel, { selector, ports }: Traffic): ServiceSpec {
  const { externalName, trafficDistribution } = service;
  return {
    ...typeOf(service),
    ...(externalName === undefined ? {} : { externalName }),
    // The name of an ExternalName Service leads elsewhere: it selects no pods (core/v1 ServiceSpec.selector).
    ...(service.type === 'ExternalName' ? {} : { selector }),
    ports: ports.map(servicePort).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
  };
}

/** Headless is type ClusterIP without an address (core/v1 ServiceSpec.clusterIP). */
function typeOf({ type }: ServiceModel): Pick<ServiceSpec, 'type' | 'clusterIP'> {
  if (type === 'Headless') return { type: 'ClusterIP', clusterIP: 'None' };
  return type === 'Existing' ? {} : { type };
}

function servicePort({ name, port, targetPort, protocol }: Port): ServicePort {
  return { name, port, targetPort, appProtocol: protocol };
}
