import type { HostBackend } from '../../../src/model/backend.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { translateHostBackends } from '../../../src/translate/istio/host-backends.ts';
import { translateIstioExternal } from '../../../src/translate/istio/external.ts';
import { app, external, internal, metadata, route, traffic, whole, world } from './models.ts';

const legacy: HostBackend = {
  kind: 'Host',
  name: 'legacy',
  host: 'legacy.example.net',
  port: 8443,
  tls: false,
  at: 'spec.backends.legacy',
};
const toLegacy = route('old', { forward: whole(legacy) });
const render = (over: Partial<Traffic>) => translateHostBackends(traffic(over), world).manifests;

const serviceEntry = (exportTo: readonly string[]) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: metadata('shop-backend-legacy-e3690cd5'),
  spec: {
    hosts: ['legacy.shop.team.apptraffic.internal'],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 8443 }],
    endpoints: [{ address: 'legacy.example.net.' }],
    exportTo,
  },
});

describe('a server elsewhere', () => {
  it('is told of under a name of the app, to the gateway alone', () => {
    expect(render({ external: external(['shop.example.com'], [toLegacy]) })).toEqual([serviceEntry(['istio-system'])]);
  });

  it('is told of to all where routes inside lead there, copies too', () => {
    const mirrored = route('rest', { forward: whole(app), mirror: { backend: legacy, percent: 5 } });
    expect(render({ internal: internal({ routes: [mirrored] }) })).toEqual([serviceEntry(['*'])]);
  });

  it('is not told of where no route leads there, or an ingress controller serves the routes', () => {
    expect(render({ backends: [app, legacy], external: external(['shop.example.com']) })).toEqual([]);
    const edge = { kind: 'Ingress', at: 'spec.external.provider' } as const;
    expect(render({ external: external(['shop.example.com'], [toLegacy], { edge }) })).toEqual([]);
  });

  it('gets TLS for its own name, and connections as the app says', () => {
    const sealed: HostBackend = { ...legacy, tls: true };
    const connectTimeout = { value: 2000, at: 'spec.resilience.connectTimeout' };
    const [, rule] = render({
      external: external(['shop.example.com'], [route('old', { forward: whole(sealed) })]),
      connections: { given: { connectTimeout }, effective: { connectTimeout } },
    });
    expect(rule).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: metadata('shop-backend-legacy-ae237017'),
      spec: {
        host: 'legacy.shop.team.apptraffic.internal',
        trafficPolicy: {
          connectionPool: { tcp: { connectTimeout: '2s' } },
          tls: {
            mode: 'SIMPLE',
            caCertificates: 'system',
            sni: 'legacy.example.net',
            subjectAltNames: ['legacy.example.net'],
          },
        },
        exportTo: ['istio-system'],
      },
    });
  });

  it('gets no TLS that is passed through', () => {
    const passthrough = { value: true, at: 'spec.external.tls.mode' } as const;
    const { problems } = translateIstioExternal(
      traffic({ external: external(['shop.example.com'], [toLegacy], { passthrough }) }),
      world,
    );
    expect(problems).toEqual([
      {
        code: 'AT0701',
        field: 'routes.old.forward',
        message:
          'backend legacy is a server elsewhere, which gets requests; with tls.mode Passthrough there are none to send',
        fix: 'lead the route to pods or to a Service, or set tls.mode to Terminate',
      },
    ]);
  });
});
