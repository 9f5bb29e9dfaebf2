import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { eventually } from '../testbed/eventually.ts';
import { KubectlFailure } from '../testbed/kubectl.ts';
import {
  childNames,
  childrenOf,
  conditionsOf,
  eventsOf,
  problemsOf,
  readyConditions,
  refusedConditions,
  writeText,
} from './app-view.ts';
import { offeredGateways, quickSettings } from './platform-settings.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const settings = quickSettings({
  gateways: offeredGateways,
  service: { allowedAnnotations: ['example.com/owner'] },
});

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ operator: { settings } });
  await stage.namespace('team');
  await stage.namespace('outside', { mesh: false });
  await stage.plane.api.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'ambient', labels: { 'istio.io/dataplane-mode': 'ambient' } },
  });
  const nginx = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } };
  await stage.plane.api.create({ ...nginx, spec: { controller: 'k8s.io/ingress-nginx' } });
});
afterAll(() => stage?.stop());

const isStalled = (app: KubeObject): boolean => condition(app, 'Stalled')?.status === 'True';

type Refusal = {
  readonly title: string;
  readonly namespace?: string;
  readonly spec: object;
  readonly reason: string;
  readonly problems: readonly string[];
};

const refusals: readonly Refusal[] = [
  {
    title: 'httpsRedirect without TLS',
    spec: { port: 80, external: { hosts: ['redirect.example.com'], httpsRedirect: true } },
    reason: 'InvalidSpec',
    problems: [
      'AT0102 Error spec.external.httpsRedirect: httpsRedirect is true, but the hosts are not served over TLS; ' +
        'add external.tls.secretName, or set httpsRedirect to false',
    ],
  },
  {
    title: 'an annotation that the platform does not allow',
    spec: { port: 80, service: { annotations: { 'example.com/owner': 'a', 'example.com/cost': 'b' } } },
    reason: 'InvalidSpec',
    problems: [
      "AT0103 Error spec.service: the annotation example.com/cost is not on the platform's allow-list; " +
        'remove it, or use one of example.com/owner',
    ],
  },
  {
    title: 'a gateway that the platform does not offer',
    spec: { port: 80, external: { hosts: ['gateway.example.com'], gateway: 'istio-ingress/private' } },
    reason: 'RefNotPermitted',
    problems: [
      "AT0204 Error spec.external.gateway: gateway istio-ingress/private is not one of the platform's gateways; " +
        'use one of istio-ingress/public, or leave gateway out',
    ],
  },
  {
    title: 'a TLS Secret of somebody else',
    spec: { port: 80, external: { hosts: ['secret.example.com'], tls: { secretName: 'other-tls' } } },
    reason: 'RefNotPermitted',
    problems: [
      "AT0208 Error spec.external.tls: Secret other-tls lives in the gateway's namespace and namespace team may not " +
        'use it there; name the Secret team-other-tls, or ask the platform team for secrets.grants ' +
        '{namespace: team, names: [other-tls]}',
    ],
  },
  {
    title: 'internal in a namespace without sidecars',
    namespace: 'outside',
    spec: { port: 80, internal: { mtls: { mode: 'Strict' } } },
    reason: 'NotInMesh',
    problems: [
      'AT0601 Error spec.internal: namespace outside has no sidecar injection, so nothing under internal would hold; ' +
        'label the namespace istio-injection=enabled and restart its pods, or remove internal',
    ],
  },
  {
    title: 'internal in a namespace in ambient mode',
    namespace: 'ambient',
    spec: { port: 80, internal: { allow: [] } },
    reason: 'UnsupportedByProvider',
    problems: [
      'AT0701 Error spec.internal: namespace ambient uses ambient mode, which is not supported yet; ' +
        'switch the namespace to sidecar injection, or remove internal',
    ],
  },
  {
    title: 'allow without mutual TLS',
    spec: { port: 80, internal: { mtls: { mode: 'Disable' }, allow: [{ app: 'checkout' }] } },
    reason: 'InvalidSpec',
    problems: [
      'AT0603 Error spec.internal.allow: allow needs callers with an identity, but mtls.mode is Disable; ' +
        'set mtls.mode to Strict, or remove allow',
    ],
  },
  {
    title: 'allow and Strict beside a controller outside the mesh',
    spec: {
      port: 80,
      external: { provider: 'Ingress', ingressClass: 'nginx', hosts: ['outside.example.com'] },
      internal: { mtls: { mode: 'Strict' }, allow: [] },
    },
    reason: 'NotInMesh',
    problems: [
      'AT0605 Error spec.internal.allow: allow would refuse the ingress controller of class nginx: it is not in the mesh ' +
        'and has no identity; ask the platform team to put the controller into the mesh (ingressClasses, inMesh), use ' +
        'provider Istio, or remove allow',
      'AT0605 Error spec.internal.mtls: mtls.mode Strict would refuse the ingress controller of class nginx: it is not in ' +
        "the mesh; ask the platform team to put the controller into the mesh (ingressClasses, inMesh), list the routes' " +
        'container ports under mtls.exceptPorts, or use provider Istio',
    ],
  },
  {
    title: 'what the provider has no way for, field by field',
    spec: {
      port: 80,
      backends: { v1: { labels: { version: 'v1' } }, v2: { labels: { version: 'v2' } } },
      split: { v1: 90, v2: 10 },
      external: {
        provider: 'Ingress',
        ingressClass: 'nginx',
        hosts: ['unsupported.example.com'],
        routes: [
          { name: 'posts', match: { prefix: '/posts', methods: ['POST'] }, to: 'app', timeout: '5s' },
          { name: 'rest' },
        ],
      },
    },
    reason: 'UnsupportedByProvider',
    problems: [
      'AT0701 Error spec.external.routes[0].match.methods: ingress-nginx has no way for it: it chooses by host and path, ' +
        'not by method; remove it, or set provider: Istio',
      'AT0701 Error spec.external.routes[0].timeout: ingress-nginx has no way for it: its timeouts are those between two ' +
        'reads, and none covers all tries; remove it, or set provider: Istio',
      'AT0701 Error spec.split: ingress-nginx has no way for it: a path leads to one Service, so requests cannot be shared ' +
        'out; lead the route to one backend, or set provider: Istio',
    ],
  },
  {
    title: 'several faults, all told at once',
    namespace: 'outside',
    spec: {
      port: 80,
      external: { hosts: ['many.example.com'], httpsRedirect: true, gateway: 'nowhere/gateway' },
      internal: { allow: [] },
    },
    reason: 'RefNotPermitted',
    problems: [
      "AT0204 Error spec.external.gateway: gateway nowhere/gateway is not one of the platform's gateways; use one of " +
        'istio-ingress/public, or leave gateway out',
      'AT0601 Error spec.internal: namespace outside has no sidecar injection, so nothing under internal would hold; label ' +
        'the namespace istio-injection=enabled and restart its pods, or remove internal',
    ],
  },
];

describe('a spec that the platform or the provider refuses', () => {
  const nameOf = (at: number): string => `refused-${at}`;
  let mark = 0;
  beforeAll(async () => {
    mark = stage.proxy.mark();
    for (const [at, { namespace = 'team', spec }] of refusals.entries()) await stage.app(namespace, nameOf(at), spec);
  });

  it.each(refusals.map((refusal, at) => ({ ...refusal, at })))(
    'is told why, where and what to do: $title',
    async ({ namespace = 'team', reason, problems, at }) => {
      const ref = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace, name: nameOf(at) };
      const app = await stage.plane.api.waitFor(ref, isStalled);
      expect(conditionsOf(app)).toEqual(refusedConditions(reason));
      expect(problemsOf(app)).toEqual(problems);
      const texts = problems.map((line) => line.replace(/^\S+ \S+ /, '')).slice(0, 3);
      expect(condition(app, 'Accepted')?.message).toBe(texts.join('. '));
      expect(await eventsOf(stage.plane, namespace, nameOf(at), 1)).toEqual([
        `Warning Refused: ${condition(app, 'Accepted')?.message}`,
      ]);
      expect(field(app, 'status', 'children')).toBeUndefined();
    },
  );

  it('becomes nothing: one write of status each, and no other', async () => {
    expect(await stage.proxy.quietFor(500)).toEqual([]);
    const writes = stage.proxy.writes(mark).map(writeText);
    const expected = refusals.map(
      ({ namespace = 'team' }, at) => `apply apptraffics/status ${namespace}/${nameOf(at)}`,
    );
    expect([...writes].sort()).toEqual([...expected].sort());
  });
});

describe('a spec with something to warn of', () => {
  it('is Ready, and the warnings stand in status', async () => {
    const app = await stage.ready(
      await stage.app('team', 'warned', {
        port: 80,
        external: {
          hosts: ['warned.example.com'],
          routes: [
            { name: 'all', match: { prefix: '/a' } },
            { name: 'never', match: { prefix: '/a', methods: ['GET'] } },
          ],
        },
        internal: { mtls: { mode: 'Permissive' }, allow: [] },
      }),
    );
    expect(conditionsOf(app)).toEqual(readyConditions);
    expect(problemsOf(app)).toEqual([
      'AT0604 Warning spec.internal.allow: with mtls.mode Permissive, callers that speak plaintext have no identity and ' +
        'allow refuses them; set mtls.mode to Strict once every caller is in the mesh',
    ]);
    expect(await eventsOf(stage.plane, 'team', 'warned', 0)).toEqual([]);
  });
});

describe('an app whose spec turns into one that is refused', () => {
  it('keeps its objects as they stand, unrepaired, until the spec is put right', async () => {
    const spec = { port: 80, external: { hosts: ['turned.example.com'] } };
    await stage.ready(await stage.app('team', 'turned', spec));
    const before = await childrenOf(stage.plane, 'team', 'turned');
    const mark = stage.proxy.mark();
    const refused = await stage.settled(
      await stage.app('team', 'turned', { port: 81, external: { hosts: ['new.example.com'], httpsRedirect: true } }),
      isStalled,
    );
    expect(conditionsOf(refused)).toEqual(refusedConditions('InvalidSpec'));
    expect(await childrenOf(stage.plane, 'team', 'turned')).toEqual(before);
    const [service, gateway] = before;
    if (service === undefined || gateway === undefined) throw new Error('the app has a Service and a Gateway');
    await stage.plane.api.delete(gateway);
    await stage.plane.api.patch(service, { spec: { selector: { app: 'somebody' } } });
    const listed = (app: KubeObject): number => (field(app, 'status', 'children') as readonly unknown[]).length;
    await stage.settled(refused, (app) => listed(app) === before.length - 1);
    expect((await stage.proxy.quietFor(1_000)).map(writeText)).toEqual([]);
    // One for the refusal, one that no longer lists the Gateway.
    const status = 'apply apptraffics/status team/turned';
    expect(stage.proxy.writes(mark).map(writeText)).toEqual([status, status]);
    expect(await childNames(stage.plane, 'team', 'turned')).toEqual(['Service turned', 'VirtualService turned-istio']);
    expect(conditionsOf(await stage.ready(await stage.app('team', 'turned', spec)))).toEqual(readyConditions);
    expect((await childrenOf(stage.plane, 'team', 'turned')).map(({ spec }) => spec)).toEqual(
      before.map(({ spec }) => spec),
    );
  });
});

describe('an object that the API server refuses', () => {
  it('to change in place is Stalled with the fix, and stands as it is', async () => {
    await stage.ready(await stage.app('team', 'fixed', { port: 80 }));
    const [before] = await childrenOf(stage.plane, 'team', 'fixed');
    const stalled = await stage.settled(
      await stage.app('team', 'fixed', { port: 80, service: { type: 'Headless' } }),
      isStalled,
    );
    expect(conditionsOf(stalled)).toEqual([
      'Ready False ImmutableField',
      'Accepted True Accepted',
      'ResolvedRefs True ResolvedRefs',
      'Programmed False ImmutableField',
      'Stalled True ImmutableField',
    ]);
    expect(problemsOf(stalled)).toEqual([
      'AT0403 Error spec.service.type: Service fixed: Kubernetes does not let a Service become headless, or cease to be, in ' +
        'place; undo the change, give the Service another name (spec.service.name), or delete the Service so that it is made anew',
    ]);
    expect(await childrenOf(stage.plane, 'team', 'fixed')).toEqual([before]);
  });
});

describe('an object that an admission policy refuses', () => {
  it('is Stalled in the words of the policy', async () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'names' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }],
        },
        validations: [{ expression: "object.metadata.name != 'denied'", message: 'choose another name' }],
      },
    };
    await stage.plane.api.create(policy);
    const binding = { ...policy, kind: 'ValidatingAdmissionPolicyBinding' };
    await stage.plane.api.create({ ...binding, spec: { policyName: 'names', validationActions: ['Deny'] } });
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'team', name: 'denied' } };
    await eventually('the policy to be in force', () =>
      stage.plane.api.create({ ...service, spec: { ports: [{ port: 80 }] } }, { dryRun: true }).then(
        () => false,
        () => true,
      ),
    );
    const app = await stage.settled(await stage.app('team', 'denied', { port: 80 }), isStalled);
    expect(conditionsOf(app)).toEqual([
      'Ready False AdmissionDenied',
      'Accepted True Accepted',
      'ResolvedRefs True ResolvedRefs',
      'Programmed False AdmissionDenied',
      'Stalled True AdmissionDenied',
    ]);
    expect(problemsOf(app)).toEqual([
      'AT0402 Error spec: Service denied: services "denied" is forbidden: ValidatingAdmissionPolicy \'names\' with binding ' +
        "'names' denied request: choose another name; change what the API server or its admission webhook objects to",
    ]);
  });
});

describe('a spec that the schema refuses', () => {
  const appOf = (spec: object): KubeObject => ({
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: 'x', namespace: 'team' },
    spec,
  });
  const applied = (spec: object): Promise<unknown> =>
    stage.plane.kubectl(['apply', '-f', '-'], JSON.stringify(appOf(spec))).then(
      () => 'accepted',
      (error: unknown) => (error instanceof KubectlFailure ? error.stderr.trim() : error),
    );

  it.each([
    {
      title: 'neither port nor ports',
      spec: {},
      said: 'spec: Invalid value: exactly one of port and ports is needed: write port for one http port, or ports for several or other protocols',
    },
    {
      title: 'a split of 99 percent',
      spec: { port: 80, backends: { v1: { labels: { v: '1' } } }, split: { app: 50, v1: 49 } },
      said: 'spec.split: Invalid value: the shares do not add up to 100: write whole percents whose sum is 100',
    },
    {
      title: 'a route to a backend that is not declared',
      spec: { port: 80, external: { hosts: ['a.example.com'], routes: [{ name: 'a', to: 'b' }] } },
      said: 'spec: Invalid value: a route of external.routes names a backend in to that does not exist: declare it under spec.backends, or name one of those or app',
    },
  ])('is refused by kubectl apply with the fix: $title', async ({ spec, said }) => {
    expect(await applied(spec)).toBe(`The AppTraffic "x" is invalid: ${said}`);
  });

  it('is refused by the operator too where the CRD in the cluster lets it through', async () => {
    const rules = 'properties/spec/properties/external/properties/hosts/items/x-kubernetes-validations';
    await stage.plane.api.patch(
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'apptraffics.apptraffic.dev' },
      [{ op: 'remove', path: `/spec/versions/0/schema/openAPIV3Schema/${rules}` }],
      { type: 'json' },
    );
    const loose = appOf({ port: 80, external: { hosts: ['Not A Host'] } });
    await eventually('the changed CRD to be in force', () =>
      stage.plane.api.create(loose, { dryRun: true }).then(
        () => true,
        () => false,
      ),
    );
    const app = await stage.settled(await stage.plane.api.create(loose), isStalled);
    expect(conditionsOf(app)).toEqual(refusedConditions('InvalidSpec'));
    expect(problemsOf(app)).toEqual([
      'AT0101 Error spec.external.hosts[0]: is not a host name or a wildcard below one; write a lower-case DNS name of at ' +
        'least two labels, without a trailing dot, port or scheme; a wildcard is a leading *. and nothing else',
    ]);
  });
});
