import type { External, Internal, Mtls, Traffic } from '../../../src/model/traffic.ts';
import type { MeshMode, SiblingApp, World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { sketch } from '../model/routes.ts';
import { external, internal, platform, traffic, world } from './samples.ts';

const inMode = (mesh: MeshMode): World => ({ ...world, namespaces: [{ name: 'shop', mesh }] });
const allow = { value: [], at: 'spec.internal.allow' };
const mtls = (mode: Mtls['mode'], exceptPorts: readonly number[] = []): Mtls => ({
  mode,
  exceptPorts,
  at: 'spec.internal.mtls',
});

describe('internal', () => {
  const app: Traffic = { ...traffic, internal };

  test('is fine with sidecars, and nothing is asked of the namespace without it', () => {
    expect([checkPolicy(app, inMode('Sidecar')).problems, checkPolicy(traffic, inMode('None')).problems]).toEqual([
      [],
      [],
    ]);
  });

  test.each([
    ['outside the mesh', inMode('None')],
    ['that nothing is known of', { ...world, namespaces: [] }],
  ])('is refused in a namespace %s', (_, given) => {
    expect(checkPolicy(app, given)).toEqual({
      problems: [
        {
          code: 'AT0601',
          field: 'spec.internal',
          message: 'namespace shop has no sidecar injection, so nothing under internal would hold',
          fix: 'label the namespace istio-injection=enabled and restart its pods, or remove internal',
        },
      ],
      granted: app,
      hosts: [],
      assumed: [],
    });
  });

  test('is refused in ambient mode', () => {
    expect(checkPolicy(app, inMode('Ambient')).problems).toEqual([
      {
        code: 'AT0701',
        field: 'spec.internal',
        message: 'namespace shop uses ambient mode, which is not supported yet',
        fix: 'switch the namespace to sidecar injection, or remove internal',
      },
    ]);
  });

  test('takes a namespace that is not given offline for one in the mesh', () => {
    const { problems, assumed } = checkPolicy(app, { ...world, namespaces: [], assumesPresent: true });
    expect({ problems, assumed }).toEqual({ problems: [], assumed: ['Namespace shop (in the mesh)'] });
  });
});

describe('observability', () => {
  const app: Traffic = { ...traffic, observability: { at: 'spec.observability' } };

  test('is done by sidecars too, so that both are refused without them, each at its place', () => {
    expect(checkPolicy(app, inMode('Sidecar')).problems).toEqual([]);
    expect(checkPolicy({ ...app, internal }, inMode('None')).problems).toEqual([
      {
        code: 'AT0601',
        field: 'spec.internal',
        message: 'namespace shop has no sidecar injection, so nothing under internal would hold',
        fix: 'label the namespace istio-injection=enabled and restart its pods, or remove internal',
      },
      {
        code: 'AT0601',
        field: 'spec.observability',
        message: 'namespace shop has no sidecar injection, so nothing under observability would hold',
        fix: 'label the namespace istio-injection=enabled and restart its pods, or remove observability',
      },
    ]);
  });
});

describe('external.maxBodySize', () => {
  const limit = { maxBodyBytes: { value: 10, at: 'spec.external.maxBodySize' } };
  const app: Traffic = { ...traffic, external: { ...external, ...limit } };
  const withGate = (given: World): World => ({
    ...given,
    platform: { ...platform, featureGates: { EnvoyFilter: true, CertManager: false } },
  });

  test('is kept by sidecars on Istio, so it is refused without them; a controller keeps it by itself', () => {
    expect(checkPolicy(app, withGate(inMode('Sidecar'))).problems).toEqual([]);
    expect(checkPolicy(app, withGate(inMode('None'))).problems).toEqual([
      {
        code: 'AT0601',
        field: 'spec.external.maxBodySize',
        message: 'namespace shop has no sidecar injection, so external.maxBodySize would not hold',
        fix: 'label the namespace istio-injection=enabled and restart its pods, or remove external.maxBodySize',
      },
    ]);
    const onIngress: Traffic = { ...app, external: { ...external, ...limit, edge: { kind: 'Ingress', at: '' } } };
    expect(checkPolicy(onIngress, withGate(inMode('None'))).problems.map(({ code }) => code)).not.toContain('AT0601');
  });
});

describe('allow', () => {
  test('needs mutual TLS: refused with Disable, a warning with Permissive', () => {
    const withMode = (mode: Mtls['mode'], more: Partial<Internal> = {}): Traffic => ({
      ...traffic,
      internal: { ...internal, allow, mtls: mtls(mode), ...more },
    });
    const audit = { audit: { value: true as const, at: 'spec.internal.enforcement' } };
    expect([
      checkPolicy(withMode('Strict'), world).problems,
      checkPolicy(withMode('Permissive'), world).problems,
      checkPolicy(withMode('Disable'), world).problems,
      checkPolicy(withMode('Permissive', audit), world).problems,
    ]).toEqual([
      [],
      [
        {
          code: 'AT0604',
          field: 'spec.internal.allow',
          message: 'with mtls.mode Permissive, callers that speak plaintext have no identity and allow refuses them',
          fix: 'set mtls.mode to Strict once every caller is in the mesh',
        },
      ],
      [
        {
          code: 'AT0603',
          field: 'spec.internal.allow',
          message: 'allow needs callers with an identity, but mtls.mode is Disable',
          fix: 'set mtls.mode to Strict, or remove allow',
        },
      ],
      [
        {
          code: 'AT0606',
          field: 'spec.internal.enforcement',
          message: 'allow refuses nobody: enforcement is Audit, and sidecars only log whom it would refuse',
          fix: 'set enforcement to Enforce, or remove it, once nobody is logged who should be let in',
        },
      ],
    ]);
  });
});

describe('an ingress controller', () => {
  const onIngress = (className?: string): External => ({
    ...external,
    edge: { kind: 'Ingress', at: 'spec.external.ingressClass', ...(className === undefined ? {} : { className }) },
  });
  const app = (given: Internal, className?: string): Traffic => ({
    ...traffic,
    external: onIngress(className),
    internal: given,
  });
  const both: Internal = { ...internal, allow, mtls: mtls('Strict') };

  test('outside the mesh gets past neither allow nor Strict', () => {
    expect(checkPolicy(app(both, 'nginx'), world).problems).toEqual([
      {
        code: 'AT0605',
        field: 'spec.internal.allow',
        message: 'allow would refuse the ingress controller of class nginx: it is not in the mesh and has no identity',
        fix: 'ask the platform team to put the controller into the mesh (ingressClasses, inMesh), use provider Istio, or remove allow',
      },
      {
        code: 'AT0605',
        field: 'spec.internal.mtls',
        message: 'mtls.mode Strict would refuse the ingress controller of class nginx: it is not in the mesh',
        fix: "ask the platform team to put the controller into the mesh (ingressClasses, inMesh), list the routes' container ports under mtls.exceptPorts, or use provider Istio",
      },
    ]);
  });

  test('reaches ports that are excepted from Strict', () => {
    expect([
      checkPolicy(app({ ...internal, mtls: mtls('Strict', [8080]) }, 'nginx'), world).problems,
      checkPolicy(app({ ...internal, mtls: mtls('Strict', [9090]) }, 'nginx'), world).problems.map(({ code }) => code),
    ]).toEqual([[], ['AT0605']]);
  });

  test("inside the mesh is fine, also when it is the cluster's default", () => {
    const inMesh: World = {
      ...world,
      platform: { ...platform, ingressClasses: [{ name: 'nginx', inMesh: true }] },
      ingressClasses: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: true }],
    };
    expect([
      checkPolicy(app(both, 'nginx'), inMesh).problems,
      checkPolicy(app(both), inMesh).problems,
      checkPolicy(app(both, 'traefik'), inMesh).problems.map(({ code }) => code),
    ]).toEqual([[], [], ['AT0605', 'AT0605']]);
  });

  test('does not matter to routes that end at other Services', () => {
    const backend = {
      kind: 'Service',
      name: 'docs',
      namespace: 'shop',
      service: 'docs',
      port: 80,
      at: 'spec.backends.docs',
    } as const;
    const route = sketch({});
    const routes = [
      { ...route, features: { ...route.features, forward: { value: [{ backend, weight: 100 }], at: '' } } },
    ];
    const given = { ...app({ ...internal, mtls: mtls('Strict') }), external: { ...onIngress(), routes } };
    expect(checkPolicy(given, world).problems).toEqual([]);
  });
});

describe('selectors', () => {
  const sibling = (given: Partial<SiblingApp>): SiblingApp => ({
    app: { namespace: 'shop', name: 'api' },
    selector: { app: 'web' },
    serviceAccount: 'api',
    configuresPods: true,
    created: '2025-12-31T00:00:00Z',
    ...given,
  });
  const codes = (app: Traffic, given: Partial<SiblingApp>): readonly string[] =>
    checkPolicy(app, { ...world, siblings: [sibling(given)] }).problems.map(({ code }) => code);

  test('that can mean the pods of an earlier app refuse the later one', () => {
    expect(
      checkPolicy(traffic, { ...world, siblings: [sibling({ selector: { app: 'web', tier: 'x' } })] }).problems,
    ).toEqual([
      {
        code: 'AT0602',
        field: 'spec.app.selector',
        message: 'selector app=web and selector app=web,tier=x of app api can mean the same pods',
        fix: 'give the pods of the two apps different labels and set app.selector, or merge this app into api',
      },
    ]);
  });

  test('are compared in one namespace only, and only where one of the two has internal or observability', () => {
    const inside = { ...traffic, internal };
    expect({
      wider: codes({ ...traffic, selector: { app: 'web', tier: 'x' } }, {}),
      other: codes(traffic, { selector: { app: 'api' } }),
      elsewhere: codes(traffic, { app: { namespace: 'blog', name: 'api' } }),
      neitherInternal: codes(traffic, { configuresPods: false }),
      ownInternal: codes(inside, { configuresPods: false }),
      ownObservability: codes({ ...traffic, observability: { at: 'spec.observability' } }, { configuresPods: false }),
      itself: codes(inside, { app: traffic.app }),
    }).toEqual({
      wider: ['AT0602'],
      other: [],
      elsewhere: [],
      neitherInternal: [],
      ownInternal: ['AT0602'],
      ownObservability: ['AT0602'],
      itself: [],
    });
  });

  test('of two apps the one created later is refused, then the one later by name', () => {
    expect({
      later: codes(traffic, { created: '2026-01-02T00:00:00Z' }),
      sameTimeEarlierName: codes(traffic, { created: world.created }),
      sameTimeLaterName: codes(traffic, { created: world.created, app: { namespace: 'shop', name: 'zoo' } }),
    }).toEqual({ later: [], sameTimeEarlierName: ['AT0602'], sameTimeLaterName: [] });
  });
});
