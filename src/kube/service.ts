/** Service (core/v1) as far as this project writes or reads it. */
import type { ObjectMeta, StringMap } from './manifest.ts';

/** One port of a Service; `targetPort` is the container's. */
export type ServicePort = {
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number;
  readonly protocol?: 'TCP';
  readonly appProtocol?: string;
};

/** What a Service is made of. */
export type ServiceSpec = {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `None` makes it headless. */
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly selector?: StringMap;
  readonly ports?: readonly ServicePort[];
  readonly trafficDistribution?: string;
};

/** A Service. */
export type Service = {
  readonly apiVersion: 'v1';
  readonly kind: 'Service';
  readonly metadata: ObjectMeta;
  readonly spec: ServiceSpec;
};
