import type { AllowEntry, Traffic } from '../../../src/model/traffic.ts';
import type { Admission, World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { sketch } from '../model/routes.ts';
import { external, traffic, world } from './samples.ts';

const backend = {
  kind: 'Service',
  name: 'docs',
  namespace: 'shop',
  service: 'docs',
  port: 80,
  at: 'spec.backends.docs',
} as const;
const gateway = { namespace: 'istio-system', serviceAccount: 'istio-ingressgateway-service-account' };

const plain = sketch({});
const app: Traffic = {
  ...traffic,
  backends: [...traffic.backends, backend],
  external: {
    ...external,
    routes: [
      {
        ...plain,
        features: {
          ...plain.features,
          forward: { value: [{ backend, weight: 100 }], at: 'spec.external.routes[0].to' },
        },
      },
    ],
  },
};

function beside(admission: Admission | undefined): World {
  const docs = {
    app: { namespace: 'shop', name: 'docs' },
    selector: { app: 'docs' },
    serviceAccount: 'docs',
    service: 'docs',
    configuresPods: true,
    created: '2026-01-01T00:00:00Z',
    ...(admission === undefined ? {} : { admission }),
  };
  const services = [{ namespace: 'shop', name: 'docs', type: 'ClusterIP', ports: [{ port: 80 }], madeBy: 'docs' }];
  return { ...world, platform: builtInPlatform(), siblings: [docs], services };
}

const ports = [{ port: 80, targetPort: 8080 }];
const entries = (...some: readonly Partial<AllowEntry>[]): Admission => ({
  entries: some.map((one) => ({ at: '', ...one })),
  ports,
});

const warning = {
  code: 'AT0607',
  field: 'spec.backends.docs',
  message:
    'backend docs is Service shop/docs, whose app lets the gateway (istio-system/istio-ingressgateway-service-account) in nowhere: requests get 403',
  fix: 'have the app behind it add {namespace: istio-system, serviceAccount: istio-ingressgateway-service-account} to its internal.allow, or remove the backend',
};

describe('a backend that is the Service of another app', () => {
  test.each<[string, Admission]>([
    ['nobody', entries()],
    ['other callers', entries({ app: 'checkout' }, { namespace: 'shop' })],
    ['the gateway on another port', entries({ ...gateway, ports: [9090] })],
    ['anyone on another port', entries({ ports: [9090] })],
    [
      'another gateway that serves it',
      { ...entries(), serving: { identity: { ...gateway, serviceAccount: 'public' }, ports: [8080] } },
    ],
    ['the gateway that serves it, on another port', { ...entries(), serving: { identity: gateway, ports: [9090] } }],
  ])('is a Warning where it lets in %s', (_, admission) => {
    expect(checkPolicy(app, beside(admission)).problems).toEqual([warning]);
  });

  test.each<[string, Admission | undefined]>([
    ['everybody', undefined],
    ['the gateway', entries(gateway)],
    [
      'the gateway by the name of its ServiceAccount',
      entries({ namespace: gateway.namespace, app: gateway.serviceAccount }),
    ],
    ["the gateway's namespace", entries({ namespace: gateway.namespace })],
    ['the gateway for some requests', entries({ ...gateway, methods: ['GET'], paths: ['/docs/*'], ports: [8080] })],
    ['anyone on that port', entries({ ports: [8080] })],
    ['the gateway that serves it too', { ...entries(), serving: { identity: gateway, ports: [8080] } }],
    ['callers of a port that it does not have', { ...entries(), ports: [{ port: 81, targetPort: 8080 }] }],
  ])('is none where it lets in %s', (_, admission) => {
    expect(checkPolicy(app, beside(admission)).problems).toEqual([]);
  });

  test('is a Warning beside an Ingress whose controller is outside the mesh, unless anyone is let in', () => {
    const edge = { kind: 'Ingress', className: 'nginx', at: 'spec.external' } as const;
    const onIngress = { ...app, external: { ...external, edge, routes: app.external?.routes ?? [] } };
    const judged = (admission: Admission): readonly string[] =>
      checkPolicy(onIngress, {
        ...beside(admission),
        ingressClasses: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: false }],
      }).problems.map(({ code, message }) => `${code} ${message}`);
    expect([judged(entries(gateway)), judged(entries({ ports: [8080] }))]).toEqual([
      [
        'AT0607 backend docs is Service shop/docs, whose app lets a controller outside the mesh in nowhere: requests get 403',
      ],
      [],
    ]);
  });

  test('is none where no route leads there', () => {
    const unused = { ...app, external: { ...external, routes: [plain] } };
    expect(checkPolicy(unused, beside(entries())).problems).toEqual([]);
  });
});
