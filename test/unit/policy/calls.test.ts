import { callsOf } from '../../../src/model/calls.ts';
import type { Call } from '../../../src/model/call.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import type { ServiceFacts, SiblingApp, World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { sketch } from '../model/routes.ts';
import { external, internal, traffic, world } from './samples.ts';

const calling = (...calls: readonly Call[]): Traffic => ({
  ...traffic,
  internal: { ...internal, calls: { at: 'spec.internal.calls', value: calls } },
});
const called = (app: string, namespace = 'shop'): Call => ({ kind: 'App', app, namespace, at: `calls of ${app}` });
const elsewhere = (host: string): Call => ({ kind: 'Host', host, port: 443, at: `calls of ${host}` });
const sibling = (name: string, more: Partial<SiblingApp> = {}): SiblingApp => ({
  app: { namespace: 'shop', name },
  selector: { app: name },
  serviceAccount: name,
  configuresPods: false,
  created: '2026-01-01T00:00:00Z',
  service: name,
  ...more,
});
const service = (name: string, type = 'ClusterIP'): ServiceFacts => ({ namespace: 'shop', name, type, ports: [] });
const codes = (app: Traffic, around: Partial<World>): readonly string[] =>
  checkPolicy(app, { ...world, ...around }).problems.map(({ code, field }) => `${code} ${field}`);

describe('an app under calls', () => {
  test('is a Warning where there is neither an AppTraffic nor a Service of that name', () => {
    expect(checkPolicy(calling(called('inventory')), world).problems).toEqual([
      {
        code: 'AT0608',
        field: 'calls of inventory',
        message: 'calls names shop/inventory, and there is neither an AppTraffic nor a Service of that name',
        fix: 'correct the name, or create the Service: pods may call it from then on',
      },
    ]);
  });

  test('may be an AppTraffic, a Service that nobody of ours has, the app itself, or in a namespace that is not watched', () => {
    expect([
      codes(calling(called('inventory')), { siblings: [sibling('inventory')] }),
      codes(calling(called('inventory')), { services: [service('inventory')] }),
      codes(calling(called('web')), {}),
      codes(calling(called('billing', 'payments')), { watchedNamespaces: ['shop'] }),
    ]).toEqual([[], [], [], []]);
  });

  test('is taken to be there offline, and said so', () => {
    const { problems, assumed } = checkPolicy(calling(called('inventory')), { ...world, assumesPresent: true });
    expect({ problems, assumed }).toEqual({ problems: [], assumed: ['Service shop/inventory'] });
  });

  test('whose Service only stands for another name is a Warning, and not among what pods may call', () => {
    const alias = { siblings: [sibling('search', { isAlias: true })] };
    expect(checkPolicy(calling(called('search')), { ...world, ...alias }).problems).toEqual([
      {
        code: 'AT0608',
        field: 'calls of search',
        message:
          'calls names shop/search, whose Service only stands for another name (type ExternalName): no call gets through to it',
        fix: 'have pods call by its own name what stands behind it, and list that: a host with its port, or an app',
      },
    ]);
    expect([
      codes(calling(called('search')), { services: [service('search', 'ExternalName')] }),
      callsOf(calling(called('search')), { ...world, ...alias }),
    ]).toEqual([['AT0608 calls of search'], []]);
  });
});

describe('what calls means', () => {
  test('is the Service of the AppTraffic, one that it makes or refers to, and else the Service of that name', () => {
    const siblings = [
      sibling('inventory', { service: 'stock' }),
      { ...sibling('old'), service: undefined, refersTo: 'legacy' } as unknown as SiblingApp,
    ];
    const app = calling(called('old'), called('inventory'), called('other'), called('other', 'team'), {
      kind: 'KubeAPI',
      at: '',
    });
    expect([callsOf(app, { ...world, siblings }), callsOf(traffic, world), callsOf(calling(), world)]).toEqual([
      ['default/kubernetes', 'shop/legacy', 'shop/other', 'shop/stock', 'team/other'],
      undefined,
      [],
    ]);
  });

  test('is each server elsewhere with its port', () => {
    const app = calling(elsewhere('b.example.net'), { kind: 'Host', host: 'a.example.net', port: 80, at: '' });
    expect(callsOf(app, world)).toEqual(['a.example.net:80', 'b.example.net:443']);
  });
});

describe('what sidecars themselves send', () => {
  const told = (more: Partial<NonNullable<Traffic['observability']>>): Traffic => ({
    ...calling(),
    observability: { at: 'spec.observability', ...more },
  });
  const traced = told({ tracingPercent: { value: 5, at: 'spec.observability.tracing.percent' } });
  const logged = told({ accessLog: { value: 'All', at: 'spec.observability.accessLog' } });
  const withSettings = (more: object): Partial<World> => ({ platform: { ...world.platform, ...more } });

  test('is refused beside calls until the platform has said to which Services it goes', () => {
    expect(checkPolicy(traced, world).problems).toEqual([
      {
        code: 'AT0609',
        field: 'spec.observability.tracing.percent',
        message:
          'with calls, sidecars know only what is listed, and the platform has not said to which Service traces go: a sidecar refuses a configuration with a Service that it does not know',
        fix: 'ask the platform team to list the Services behind its providers (settings, calls.always; an empty list where there are none), or remove it',
      },
    ]);
    const route = sketch({});
    const asking: Traffic = {
      ...calling(),
      external: {
        ...external,
        routes: [
          {
            ...route,
            features: {
              ...route.features,
              auth: { value: { issuers: [], claims: [], provider: 'doorman' }, at: 'auth' },
            },
          },
        ],
      },
    };
    const offering = { auth: { externalProviders: ['doorman'] } };
    expect([
      codes(asking, withSettings(offering)),
      codes(asking, withSettings({ ...offering, calls: { always: [] } })),
    ]).toEqual([['AT0609 auth'], []]);
    const { internal: _, ...uncalling } = traced;
    expect([
      codes(traced, withSettings({ calls: { always: [] } })),
      codes(uncalling, {}),
      codes(logged, {}),
      codes(logged, withSettings({ telemetry: { accessLogProvider: 'otel' } })),
      codes(told({ accessLog: { value: 'None', at: '' } }), withSettings({ telemetry: { accessLogProvider: 'otel' } })),
    ]).toEqual([[], [], [], ['AT0609 spec.observability.accessLog'], []]);
  });
});

describe('a server elsewhere under calls', () => {
  test.each(['search.team.svc.cluster.local', 'search.team.svc', 'anything.cluster.local'])(
    'must not be %s, a name of this cluster',
    (host) => {
      expect(checkPolicy(calling(elsewhere(host)), world).problems).toEqual([
        {
          code: 'AT0213',
          field: `calls of ${host}`,
          message: `calls names ${host} by host, and names that end in .svc or below cluster.local are those of this cluster's Services`,
          fix: 'name the app or its Service, under app and namespace, or the API server as preset KubeAPI',
        },
      ]);
    },
  );

  test('may have any other name', () => {
    expect(codes(calling(elsewhere('svc.example.net')), {})).toEqual([]);
  });
});
