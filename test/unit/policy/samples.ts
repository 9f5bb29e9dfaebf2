/** An app, a platform and a world for policy tests: the happy path, to be changed where a test needs it. */
import type { Platform } from '../../../src/model/platform.ts';
import type { External, Internal, Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { sketch } from '../model/routes.ts';

/** The platform that is built in, with one named gateway. */
export const platform: Platform = {
  ...builtInPlatform(),
  gateways: [
    {
      name: 'public',
      namespace: 'istio-ingress',
      selector: { istio: 'ingress' },
      serviceAccount: 'public',
      tls: true,
      ports: { http: 80, https: 443 },
      tcpPorts: [],
      trustedHops: 0,
      tlsTerminatedBefore: false,
      default: false,
    },
  ],
};

/** A cluster in which nothing but the app's namespace, with sidecars, is to be seen. */
export const world: World = {
  now: '2026-01-01T00:00:00Z',
  platform,
  created: '2026-01-01T00:00:00Z',
  hosts: [],
  siblings: [],
  services: [],
  gateways: [],
  ingressClasses: [],
  namespaces: [{ name: 'shop', mesh: 'Sidecar' }],
  assumesPresent: false,
};

/** External on a generated Gateway: one host, all requests to the app. */
export const external: External = {
  at: 'spec.external',
  edge: { kind: 'GeneratedGateway' },
  hosts: [{ value: 'shop.example.com', at: 'spec.external.hosts[0]' }],
  routes: [sketch({})],
  tcp: [],
};

/** Internal with nothing said. */
export const internal: Internal = { at: 'spec.internal' };

/** App shop/web without external and internal. */
export const traffic: Traffic = {
  app: { namespace: 'shop', name: 'web' },
  selector: { app: 'web' },
  serviceAccount: 'web',
  service: { name: 'web', type: 'ClusterIP', annotations: {}, at: 'spec.service' },
  ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'http', at: 'spec.port' }],
  backends: [{ kind: 'App', name: 'app' }],
  split: [{ backend: { kind: 'App', name: 'app' }, weight: 100 }],
  connections: { given: {}, effective: {} },
};
