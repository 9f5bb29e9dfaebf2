import type { Manifest } from '../../../src/kube/manifest.ts';
import type { Change, Plan } from '../../../src/plan/change.ts';
import { childrenToRead } from '../../../src/plan/children-to-read.ts';
import type { LiveChild } from '../../../src/plan/live-child.ts';
import { fightWindowMs, newMemory } from '../../../src/plan/memory.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { afterChanges, phaseStart } from '../../../src/plan/progress.ts';
import { desiredHash } from '../../../src/plan/projection.ts';
import { app, child, manifestsOf, owned, plainState } from './app-states.ts';
import type { AppState } from './app-states.ts';
import { applied, wholeChild } from './live-model.ts';

const now = 1_000_000;
const settleMs = 1000;
const drainMs = 30_000;

/** The live children of a state that nobody touched since the operator wrote it. */
function liveOf(state: AppState): readonly LiveChild[] {
  return manifestsOf(state).map((manifest) => liveFrom(manifest));
}

function liveFrom(manifest: Manifest): LiveChild {
  return wholeChild(applied(owned(manifest), `uid-of-${manifest.metadata.name}`, '7'));
}

function inputOf(to: AppState, live: readonly LiveChild[], more: Partial<PlanInput> = {}): PlanInput {
  const defaults = { app, unavailableKinds: [], resolved: true, memory: newMemory(0), now, settleMs, drainMs };
  return { ...defaults, desired: manifestsOf(to), live, ...more };
}

/** The first child of the state, its Service, with the owner reference. */
function firstOf(state: AppState): Manifest {
  const [service] = manifestsOf(state).map(owned);
  if (service === undefined) throw new Error('a state without children');
  return service;
}

const keyLine = ({ key }: Pick<Change, 'key'>): string => `${key.kind} ${key.name}`;

/** The plan in short: one line a change, `!` for a repair, `after …` for what it waits for. */
function linesOf({ phases }: Pick<Plan, 'phases'>): readonly string[] {
  return phases.flatMap(({ name, changes, startAfterSettle }) => [
    `${name}${startAfterSettle ? ' after settle' : ''}:`,
    ...changes.map((change) => {
      const after = change.needs.map(({ kind, name }) => `${kind} ${name}`).join(', ');
      return `  ${change.repair ? '!' : ''}${change.op} ${keyLine(change)}${after === '' ? '' : ` after ${after}`}`;
    }),
  ]);
}

/** What is not in sync, with its reason. */
function troubles({ children }: Pick<Plan, 'children'>): readonly string[] {
  return children.flatMap(({ key, state, message }) =>
    state === 'InSync' ? [] : [`${key.kind} ${key.name} ${state}: ${message ?? ''}`],
  );
}

const canary: AppState = { ...plainState, subsets: ['canary', 'stable'], split: ['canary', 'stable'] };
const stable: AppState = { ...plainState, subsets: ['stable'], split: ['stable'] };
const green: AppState = { ...plainState, subsets: ['green', 'stable'], split: ['green', 'stable'] };
const guarded: AppState = { ...stable, allow: ['checkout'] };

const edits: readonly {
  readonly title: string;
  readonly from?: AppState;
  readonly to: AppState;
  readonly lines: readonly string[];
}[] = [
  {
    title: 'a new app without policies is written without waiting',
    to: stable,
    lines: [
      'expand:',
      '  create Service shop',
      '  create DestinationRule shop',
      'switch:',
      '  create VirtualService shop-istio after DestinationRule shop',
      '  create Gateway shop-istio',
    ],
  },
  {
    title: 'routes of a new app wait until its policy has settled',
    to: { ...plainState, allow: ['checkout'] },
    lines: [
      'expand:',
      '  create AuthorizationPolicy shop',
      '  create Service shop',
      'switch after settle:',
      '  create VirtualService shop-istio after AuthorizationPolicy shop',
      '  create Gateway shop-istio',
    ],
  },
  {
    title: 'routes of a new app wait until the limit of its bodies has settled',
    to: { ...plainState, limited: true },
    lines: [
      'expand:',
      '  create EnvoyFilter shop',
      '  create Service shop',
      'switch after settle:',
      '  create VirtualService shop-istio after EnvoyFilter shop',
      '  create Gateway shop-istio',
    ],
  },
  {
    title: 'routes of a new app wait until what requests must meet has settled, tokens first of all',
    to: { ...plainState, guards: ['tokens'] },
    lines: [
      'expand:',
      '  create RequestAuthentication shop',
      '  create AuthorizationPolicy shop-external after RequestAuthentication shop',
      '  create Service shop',
      'switch after settle:',
      '  create VirtualService shop-istio after RequestAuthentication shop, AuthorizationPolicy shop-external',
      '  create Gateway shop-istio',
    ],
  },
  {
    title: 'what requests must meet is taken away after the routes have changed, and what reads tokens last',
    from: { ...plainState, guards: ['tokens'] },
    to: { ...plainState, port: 81 },
    lines: [
      'expand:',
      '  apply Service shop',
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  apply Service shop after VirtualService shop-istio',
      '  delete AuthorizationPolicy shop-external after VirtualService shop-istio',
      '  delete RequestAuthentication shop after VirtualService shop-istio, AuthorizationPolicy shop-external',
    ],
  },
  {
    title: 'while routes change, requests must meet what both specs want',
    from: { ...plainState, guards: ['claims'] },
    to: { ...stable, guards: ['addresses'] },
    lines: [
      'expand:',
      '  apply AuthorizationPolicy shop-external',
      '  create DestinationRule shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after AuthorizationPolicy shop-external, DestinationRule shop',
      'contract after settle:',
      '  apply AuthorizationPolicy shop-external after VirtualService shop-istio',
    ],
  },
  {
    title: 'what requests must meet changes at once where routes stay',
    from: { ...plainState, guards: ['claims', 'addresses'] },
    to: { ...plainState, guards: ['addresses'] },
    lines: ['expand:', '  apply AuthorizationPolicy shop-external'],
  },
  {
    title: 'a limit that is no longer wanted goes by itself',
    from: { ...plainState, limited: true },
    to: plainState,
    lines: ['contract after settle:', '  delete EnvoyFilter shop'],
  },
  {
    title: 'what pods may call is told to proxies before they refuse the rest',
    from: { ...plainState, edge: 'none' },
    to: { ...plainState, edge: 'none', calls: ['a.example.net'] },
    lines: [
      'expand:',
      '  create ServiceEntry shop-call-a.example.net',
      'switch after settle:',
      '  create Sidecar shop after ServiceEntry shop-call-a.example.net',
    ],
  },
  {
    title: 'a list of calls without a server elsewhere waits for nothing',
    from: { ...plainState, edge: 'none' },
    to: { ...plainState, edge: 'none', calls: [] },
    lines: ['expand:', '  create Sidecar shop'],
  },
  {
    title: 'a server elsewhere goes once no Sidecar lists it',
    from: { ...plainState, edge: 'none', calls: ['a.example.net', 'b.example.net'] },
    to: { ...plainState, edge: 'none', calls: ['b.example.net'] },
    lines: [
      'switch after settle:',
      '  apply Sidecar shop',
      'contract after settle:',
      '  delete ServiceEntry shop-call-a.example.net after Sidecar shop',
    ],
  },
  {
    title: 'once pods may call anything the Sidecar goes first',
    from: { ...plainState, edge: 'none', calls: ['a.example.net'] },
    to: { ...plainState, edge: 'none' },
    lines: [
      'switch:',
      '  delete Sidecar shop',
      'contract after settle:',
      '  delete ServiceEntry shop-call-a.example.net after Sidecar shop',
    ],
  },
  {
    title: 'routes in the mesh wait until proxies know the subsets that they name',
    from: { ...plainState, edge: 'none' },
    to: { ...stable, edge: 'none', mesh: true },
    lines: [
      'expand:',
      '  create DestinationRule shop',
      'switch after settle:',
      '  create VirtualService shop after DestinationRule shop',
    ],
  },
  { title: 'no difference, no phase', from: guarded, to: guarded, lines: [] },
  {
    title: 'moving weight between subsets that stay is one write',
    from: canary,
    to: { ...canary, split: ['stable'] },
    lines: ['switch after settle:', '  apply VirtualService shop-istio'],
  },
  {
    title: 'an edit of the allow list is one write',
    from: guarded,
    to: { ...guarded, allow: ['billing'] },
    lines: ['expand:', '  apply AuthorizationPolicy shop'],
  },
  {
    title: 'whom only the new list admits is admitted once the routes have changed',
    from: guarded,
    to: { ...guarded, subsets: ['green', 'stable'], split: ['green'], allow: ['checkout', 'billing'] },
    lines: [
      'expand:',
      '  apply DestinationRule shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after DestinationRule shop',
      'contract after settle:',
      '  apply AuthorizationPolicy shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'whom only the old list admits is refused before the routes change',
    from: { ...guarded, allow: ['checkout', 'billing'] },
    to: { ...guarded, split: [], allow: ['checkout'] },
    lines: [
      'expand:',
      '  apply AuthorizationPolicy shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after AuthorizationPolicy shop',
    ],
  },
  {
    title: 'of two lists only what both admit holds while the routes change',
    from: { ...guarded, allow: ['billing'] },
    to: { ...guarded, split: [] },
    lines: [
      'expand:',
      '  apply AuthorizationPolicy shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after AuthorizationPolicy shop',
      'contract after settle:',
      '  apply AuthorizationPolicy shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'a list that is only audited from now on refuses until the routes have changed',
    from: guarded,
    to: { ...guarded, split: [], audit: true },
    lines: [
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  apply AuthorizationPolicy shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'a list that is enforced from now on refuses before the routes change',
    from: { ...guarded, audit: true },
    to: { ...guarded, split: [] },
    lines: [
      'expand:',
      '  apply AuthorizationPolicy shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after AuthorizationPolicy shop',
    ],
  },
  {
    title: 'a new subset is there before the routes that name it',
    from: stable,
    to: canary,
    lines: [
      'expand:',
      '  apply DestinationRule shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after DestinationRule shop',
    ],
  },
  {
    title: 'a removed subset goes after the routes that named it',
    from: canary,
    to: stable,
    lines: [
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  apply DestinationRule shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'one subset for another: the rule holds both in between and is written twice',
    from: canary,
    to: green,
    lines: [
      'expand:',
      '  apply DestinationRule shop',
      'switch after settle:',
      '  apply VirtualService shop-istio after DestinationRule shop',
      'contract after settle:',
      '  apply DestinationRule shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'a subset that no route named is removed at once',
    from: { ...canary, split: ['stable'] },
    to: stable,
    lines: ['expand:', '  apply DestinationRule shop'],
  },
  {
    title: 'another Service port: both are open until the routes have switched',
    from: plainState,
    to: { ...plainState, port: 8081 },
    lines: [
      'expand:',
      '  apply Service shop',
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  apply Service shop after VirtualService shop-istio',
    ],
  },
  {
    title: 'https is served before plain http is sent there',
    from: plainState,
    to: { ...plainState, tls: true },
    lines: [
      'expand:',
      '  apply Gateway shop-istio',
      'switch after settle:',
      '  apply VirtualService shop-istio after Gateway shop-istio',
    ],
  },
  {
    title: 'https is served until nothing is sent there any more',
    from: { ...plainState, tls: true },
    to: plainState,
    lines: [
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  apply Gateway shop-istio after VirtualService shop-istio',
    ],
  },
  {
    title: 'a port of the gateway is open before connections lead on from it',
    from: plainState,
    to: { ...plainState, listens: [5432] },
    lines: [
      'expand:',
      '  apply Gateway shop-istio',
      'switch after settle:',
      '  create VirtualService shop-istio-tcp-5432 after Gateway shop-istio',
    ],
  },
  {
    title: 'a port of the gateway is closed once no connection leads on from it',
    from: { ...plainState, listens: [5432, 6379] },
    to: { ...plainState, listens: [6379] },
    lines: [
      'switch:',
      '  delete VirtualService shop-istio-tcp-5432',
      'contract after settle:',
      '  apply Gateway shop-istio after VirtualService shop-istio-tcp-5432',
    ],
  },
  {
    title: 'what connections lead to stays until they lead elsewhere',
    from: { ...canary, edge: 'named', listens: [5432] },
    to: { ...plainState, edge: 'named', port: 8081, listens: [5432] },
    lines: [
      'expand:',
      '  apply Service shop',
      'switch after settle:',
      '  apply VirtualService shop-istio-ingress-public',
      '  apply VirtualService shop-public-tcp-5432',
      'contract after settle:',
      '  apply Service shop after VirtualService shop-istio-ingress-public, VirtualService shop-public-tcp-5432',
      '  delete DestinationRule shop after VirtualService shop-istio-ingress-public, VirtualService shop-public-tcp-5432',
    ],
  },
  {
    title: 'without external the routes go first, then the policy that guarded them',
    from: guarded,
    to: { ...plainState, edge: 'none' },
    lines: [
      'switch:',
      '  delete Gateway shop-istio',
      '  delete VirtualService shop-istio',
      'contract after settle:',
      '  delete DestinationRule shop after Gateway shop-istio, VirtualService shop-istio',
      '  delete AuthorizationPolicy shop after Gateway shop-istio, VirtualService shop-istio',
    ],
  },
];

test.each(edits)('$title', ({ from, to, lines }) => {
  expect(linesOf(plan(inputOf(to, from === undefined ? [] : liveOf(from))))).toEqual(lines);
});

test('routes of a new app wait as well where the Service was there before', () => {
  const desired = manifestsOf(stable).filter(({ kind }) => kind !== 'Service');
  expect(linesOf(plan({ ...inputOf(stable, []), desired }))).toEqual([
    'expand:',
    '  create DestinationRule shop',
    'switch after settle:',
    '  create VirtualService shop-istio after DestinationRule shop',
    '  create Gateway shop-istio',
  ]);
});

describe('a server elsewhere', () => {
  const host = 'legacy.shop.shop.apptraffic.internal';
  const istio = 'networking.istio.io/v1';
  const entry = child(istio, 'ServiceEntry', 'shop-backend-legacy', { hosts: [host] });
  const rule = child(istio, 'DestinationRule', 'shop-backend-legacy', { host, trafficPolicy: {} });
  const toLegacy = child(istio, 'VirtualService', 'shop-istio', {
    hosts: ['shop.example.com'],
    gateways: ['shop/shop-istio'],
    http: [{ name: 'all', route: [{ destination: { host, port: { number: 80 } } }] }],
  });
  const others = manifestsOf(plainState).filter(({ kind }) => kind !== 'VirtualService');
  const withLegacy = [...others, entry, rule, toLegacy];

  test('is told of before routes lead there', () => {
    expect(linesOf(plan({ ...inputOf(plainState, liveOf(plainState)), desired: withLegacy }))).toEqual([
      'expand:',
      '  create ServiceEntry shop-backend-legacy',
      '  create DestinationRule shop-backend-legacy',
      'switch after settle:',
      '  apply VirtualService shop-istio after ServiceEntry shop-backend-legacy, DestinationRule shop-backend-legacy',
    ]);
  });

  test('is forgotten after they have left, the rule before it', () => {
    expect(linesOf(plan(inputOf(plainState, withLegacy.map(liveFrom))))).toEqual([
      'switch after settle:',
      '  apply VirtualService shop-istio',
      'contract after settle:',
      '  delete DestinationRule shop-backend-legacy after VirtualService shop-istio',
      '  delete ServiceEntry shop-backend-legacy after VirtualService shop-istio',
    ]);
  });

  test('is known as long as an old edge leads there', () => {
    const moved = manifestsOf({ ...plainState, edge: 'named' });
    const { children } = plan({ ...inputOf(plainState, withLegacy.map(liveFrom)), desired: moved });
    expect(children.filter(({ key }) => key.name === 'shop-backend-legacy').map(({ message }) => message)).toEqual([
      'is used by routes that still serve',
      'is used by routes that still serve',
    ]);
  });
});

test('the first write of a child creates or fails; later ones carry the uid and are forced', () => {
  const created = plan(inputOf(plainState, [])).phases[0]?.changes[0];
  const service = firstOf(plainState);
  expect(created).toEqual({
    op: 'create',
    key: { kind: 'Service', namespace: 'shop', name: 'shop' },
    repair: false,
    completes: true,
    needs: [],
    hash: desiredHash(service),
    manifest: service,
  });
  const edited = plan(inputOf({ ...plainState, port: 8081 }, liveOf({ ...plainState, edge: 'none' }))).phases[0]
    ?.changes[0];
  const wanted = firstOf({ ...plainState, port: 8081 });
  expect(edited).toEqual({
    op: 'apply',
    key: { kind: 'Service', namespace: 'shop', name: 'shop' },
    repair: false,
    completes: true,
    needs: [],
    hash: desiredHash(wanted),
    manifest: { ...wanted, metadata: { ...wanted.metadata, uid: 'uid-of-shop' } },
  });
});

test('a rule whose host changes is written side by side with the routes that named it', () => {
  const renamed = JSON.parse(
    JSON.stringify(manifestsOf(stable)).replaceAll('shop.shop.svc', 'store.shop.svc'),
  ) as readonly Manifest[];
  expect(linesOf(plan({ ...inputOf(stable, liveOf(stable)), desired: renamed }))).toEqual([
    'switch after settle:',
    '  apply DestinationRule shop',
    '  apply VirtualService shop-istio',
  ]);
});

test('in a union of ports the old one gets another name, because a Service refuses two of one name', () => {
  const { phases } = plan(inputOf({ ...plainState, port: 8081 }, liveOf(plainState)));
  const ports = phases.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.op === 'apply' && change.key.kind === 'Service'
        ? [(change.manifest.spec as { ports: unknown }).ports]
        : [],
    ),
  );
  const http = { name: 'http', port: 8081, targetPort: 8080, appProtocol: 'http' };
  expect(ports).toEqual([[http, { ...http, name: 'http-old', port: 80 }], [http]]);
});

test('a switch waits after what routes rely on, a contraction after routes; the rest starts at once', () => {
  const memory = { ...newMemory(0), supportsAt: 5000, routesAt: 7000 };
  const phase = { changes: [], startAfterSettle: true };
  expect([
    phaseStart({ ...phase, name: 'switch' }, memory, 1000),
    phaseStart({ ...phase, name: 'contract' }, memory, 1000),
    phaseStart({ ...phase, name: 'switch', startAfterSettle: false }, memory, 1000),
  ]).toEqual([6000, 8000, 0]);
});

describe('the limit of a route', () => {
  const routed = (name: string): readonly Manifest[] => {
    const destination = { host: 'shop.shop.svc.cluster.local', port: { number: 80 } };
    const http = [{ name: `${name}.below`, route: [{ destination }] }];
    return [
      ...manifestsOf({ ...plainState, edge: 'none' }),
      child('networking.istio.io/v1', 'VirtualService', 'shop-public', { hosts: ['a.test'], gateways: ['a/b'], http }),
    ];
  };
  const limiting = (...names: readonly string[]): Manifest =>
    child('networking.istio.io/v1alpha3', 'EnvoyFilter', 'shop-rate-limit', {
      configPatches: names.map((name) => ({ patch: { value: { of: `shop/shop/${name}` } } })),
    });
  const from = [...routed('api'), limiting('api')].map(liveFrom);
  const patchesOf = ({ phases }: Plan): readonly unknown[] =>
    phases.flatMap(({ changes }) =>
      changes.flatMap((change) =>
        change.op === 'apply' && change.key.kind === 'EnvoyFilter'
          ? [(change.manifest.spec as { configPatches: unknown }).configPatches]
          : [],
      ),
    );

  test('stays until the route has gone, beside that of the one which takes its place', () => {
    const desired = [...routed('orders'), limiting('orders')];
    const found = plan({ ...inputOf(plainState, from), desired });
    expect(linesOf(found)).toEqual([
      'expand:',
      '  apply EnvoyFilter shop-rate-limit',
      'switch after settle:',
      '  apply VirtualService shop-public after EnvoyFilter shop-rate-limit',
      'contract after settle:',
      '  apply EnvoyFilter shop-rate-limit after VirtualService shop-public',
    ]);
    const [orders, api] = ['orders', 'api'].map((name) => ({ patch: { value: { of: `shop/shop/${name}` } } }));
    expect(patchesOf(found)).toEqual([[orders, api], [orders]]);
  });

  test('is edited in one write where the route stays', () => {
    const edited = {
      ...limiting('api'),
      spec: { configPatches: [{ patch: { value: { of: 'shop/shop/api', more: 1 } } }] },
    };
    const found = plan({ ...inputOf(plainState, from), desired: [...routed('api'), edited] });
    expect(linesOf(found)).toEqual(['expand:', '  apply EnvoyFilter shop-rate-limit']);
  });
});

test('a limit of bodies stays as long as the old routes that lead to it', () => {
  const from: AppState = { ...plainState, limited: true };
  const to: AppState = { ...from, edge: 'nginx' };
  const [ingress] = manifestsOf(to).filter(({ kind }) => kind === 'Ingress');
  const fresh = applied(owned(ingress ?? child('', '', '', {})), 'uid-ingress', '9');
  const withoutAddress = wholeChild({ ...fresh, status: { loadBalancer: {} } });
  const found = plan(inputOf(to, [...liveOf(from), withoutAddress]));
  expect({ lines: linesOf(found), troubles: troubles(found) }).toEqual({
    lines: [],
    troubles: [
      'Gateway shop-istio Draining: serves until its successor has an address',
      'VirtualService shop-istio Draining: serves until its successor has an address',
      'EnvoyFilter shop Draining: is used by routes that still serve',
    ],
  });
});

describe('a move from Istio to Ingress', () => {
  const from: AppState = { ...plainState, allow: ['checkout'] };
  const to: AppState = { ...from, edge: 'nginx' };
  const old = liveOf(from);
  const union = plan(inputOf(to, old)).phases[0]?.changes[0];
  const widened = union?.op === 'apply' ? [wholeChild(applied(union.manifest, 'uid-of-shop', '8'))] : [];
  const others = old.filter(({ key }) => key.kind !== 'AuthorizationPolicy');
  const [ingress] = manifestsOf(to).filter(({ kind }) => kind === 'Ingress');
  const fresh = applied(owned(ingress ?? child('', '', '', {})), 'uid-ingress', '9');
  const withoutAddress = wholeChild({ ...fresh, status: { loadBalancer: {} } });

  test('starts with the new edge; the policy lets both gateways through meanwhile', () => {
    const found = plan(inputOf(to, old));
    expect(linesOf(found)).toEqual([
      'expand:',
      '  apply AuthorizationPolicy shop',
      'switch after settle:',
      '  create Ingress shop-nginx after AuthorizationPolicy shop',
    ]);
    const rule = (caller: string) => ({ from: [{ source: { principals: [caller] } }] });
    expect(union?.op === 'apply' && union.manifest.spec).toEqual({
      selector: { matchLabels: { app: 'shop' } },
      action: 'ALLOW',
      rules: [rule('checkout'), rule('edge-nginx'), rule('edge-generated')],
    });
  });

  test('keeps the old edge while the new one refers to what is not there', () => {
    const found = plan(inputOf(to, [...others, ...widened, wholeChild(fresh)], { resolved: false }));
    expect({ lines: linesOf(found), waitsFor: found.drain?.waitsFor }).toEqual({ lines: [], waitsFor: 'References' });
  });

  test('keeps the old edge until the new one has an address', () => {
    const found = plan(inputOf(to, [...others, ...widened, withoutAddress]));
    expect({
      lines: linesOf(found),
      troubles: troubles(found),
      drain: found.drain,
      recheckAt: found.recheckAt,
    }).toEqual({
      lines: [],
      troubles: [
        'Gateway shop-istio Draining: serves until its successor has an address',
        'VirtualService shop-istio Draining: serves until its successor has an address',
        'AuthorizationPolicy shop Pending: still holds what other routes need until they have switched',
      ],
      drain: {
        waitsFor: 'Address',
        objects: [
          { kind: 'Gateway', namespace: 'shop', name: 'shop-istio' },
          { kind: 'VirtualService', namespace: 'shop', name: 'shop-istio' },
        ],
      },
      recheckAt: undefined,
    });
  });

  test('then for the drain period, which starts when the address is first seen', () => {
    const found = plan(inputOf(to, [...others, ...widened, wholeChild(fresh)]));
    expect({ lines: linesOf(found), until: found.drain?.until, recheckAt: found.recheckAt }).toEqual({
      lines: [],
      until: now + drainMs,
      recheckAt: now + drainMs,
    });
    expect(found.memory.edgeCompleteAt).toBe(now);
  });

  test('then deletes the old edge, and after that narrows the policy', () => {
    const memory = { ...newMemory(0), edgeCompleteAt: now - drainMs };
    const found = plan(inputOf(to, [...others, ...widened, wholeChild(fresh)], { memory }));
    expect(linesOf(found)).toEqual([
      'switch:',
      '  delete Gateway shop-istio',
      '  delete VirtualService shop-istio',
      'contract after settle:',
      '  apply AuthorizationPolicy shop after Gateway shop-istio, VirtualService shop-istio',
    ]);
  });

  test('narrows the policy only after settle, also when it is planned again before', () => {
    const left = liveOf(to).filter(({ key }) => key.kind !== 'AuthorizationPolicy');
    const at = (routesAt: number) =>
      linesOf(plan(inputOf(to, [...left, ...widened], { memory: { ...newMemory(0), routesAt } })));
    expect(at(now - settleMs + 1)).toEqual(['contract after settle:', '  apply AuthorizationPolicy shop']);
    expect(at(now - settleMs)).toEqual(['expand:', '  apply AuthorizationPolicy shop']);
  });

  test('and a policy that is only audited from now on refuses until then', () => {
    const [change] = plan(inputOf({ ...to, audit: true }, old)).phases[0]?.changes ?? [];
    expect(change?.op === 'apply' && change.manifest).toEqual(union?.op === 'apply' && union.manifest);
  });

  test('leaves objects of the mesh alone', () => {
    const mesh = { ...from, mesh: true };
    const found = plan(inputOf({ ...mesh, edge: 'nginx' }, liveOf(mesh)));
    expect(found.children.filter(({ key }) => key.kind === 'VirtualService')).toEqual([
      { key: { kind: 'VirtualService', namespace: 'shop', name: 'shop' }, state: 'InSync', uid: 'uid-of-shop' },
      expect.objectContaining({ state: 'Draining' }),
    ]);
  });
});

describe('repairs', () => {
  const [, virtualService] = liveOf({ ...plainState, edge: 'named' });
  const known = plan(inputOf({ ...plainState, edge: 'named' }, liveOf({ ...plainState, edge: 'named' }))).memory;

  test('a child that somebody deleted is made again', () => {
    const live = liveOf({ ...plainState, edge: 'named' }).slice(0, 1);
    expect(linesOf(plan(inputOf({ ...plainState, edge: 'named' }, live, { memory: known })))).toEqual([
      'switch after settle:',
      '  !create VirtualService shop-istio-ingress-public',
    ]);
  });

  test('a field that somebody changed is applied again', () => {
    const other = { ...virtualService?.whole, spec: { hosts: ['evil.example.com'] } } as Manifest;
    const live = [...liveOf({ ...plainState, edge: 'named' }).slice(0, 1), wholeChild(other)];
    expect(linesOf(plan(inputOf({ ...plainState, edge: 'named' }, live, { memory: known })))).toEqual([
      'switch after settle:',
      '  !apply VirtualService shop-istio-ingress-public',
    ]);
  });

  test('after five repairs in ten minutes the operator stops and says who changes the field', () => {
    const state: AppState = { ...plainState, edge: 'named' };
    const hosts = { 'f:spec': { 'f:hosts': {} } };
    const labels = { 'f:metadata': { 'f:labels': { 'f:team': {} } } };
    const managedFields = [
      { manager: 'rollouts-controller', operation: 'Update' as const, fieldsV1: hosts },
      { manager: 'kubectl-label', operation: 'Update' as const, fieldsV1: labels },
    ];
    const whole = { ...virtualService?.whole, spec: { hosts: ['evil.example.com'] } } as Manifest;
    const fought = wholeChild({ ...whole, metadata: { ...whole.metadata, managedFields } });
    let memory = known;
    for (let at = now - 5; at < now; at += 1) {
      const input = inputOf(state, [...liveOf(state).slice(0, 1), fought], { memory, now: at });
      memory = afterChanges(memory, plan(input).phases[0]?.changes ?? [], at);
    }
    const found = plan(inputOf(state, [...liveOf(state).slice(0, 1), fought], { memory }));
    expect({ lines: linesOf(found), troubles: troubles(found), recheckAt: found.recheckAt }).toEqual({
      lines: [],
      troubles: [
        'VirtualService shop-istio-ingress-public FieldFight: rollouts-controller keeps changing it back; the operator stopped writing it for a while (spec.weightsManagedBy: ArgoRollouts leaves the weights to it)',
      ],
      recheckAt: now - 1 + fightWindowMs,
    });
    const later = inputOf(state, [...liveOf(state).slice(0, 1), fought], { memory, now: now + fightWindowMs });
    expect(linesOf(plan(later))).toEqual(['switch after settle:', '  !apply VirtualService shop-istio-ingress-public']);
  });
});

describe('obstacles', () => {
  const stranger = (manifest: Manifest): LiveChild => wholeChild(applied(manifest, 'uid-stranger', '3'));
  const strange = (kind: string, state: AppState): readonly LiveChild[] =>
    manifestsOf(state)
      .filter((manifest) => manifest.kind === kind)
      .map(stranger);

  test('a foreign object of the same name is left alone, and the other children go on', () => {
    const found = plan(inputOf(stable, strange('Service', stable)));
    expect({ lines: linesOf(found), troubles: troubles(found).slice(0, 1) }).toEqual({
      lines: [
        'expand:',
        '  create DestinationRule shop',
        'switch:',
        '  create VirtualService shop-istio after DestinationRule shop',
        '  create Gateway shop-istio',
      ],
      troubles: ['Service shop NotOwned: an object of this name exists and is not controlled by this AppTraffic'],
    });
  });

  test('a foreign object that no watch tells of is looked at again at its time, and not before', () => {
    const message = 'an object of this name exists and belongs to AppTraffic other';
    const memory = { ...newMemory(0), strangers: { 'Service/shop/shop': { lookAt: now + 1, message } } };
    const early = plan(inputOf(plainState, [], { memory }));
    const later = plan(inputOf(plainState, [], { memory, now: now + 1 }));
    const service = ['expand:', '  create Service shop'];
    const routes = ['switch:', '  create VirtualService shop-istio', '  create Gateway shop-istio'];
    expect([linesOf(early), troubles(early)[0], early.recheckAt, early.memory.strangers]).toEqual([
      routes,
      `Service shop NotOwned: ${message}`,
      now + 1,
      memory.strangers,
    ]);
    expect([linesOf(later), later.recheckAt, later.memory.strangers]).toEqual([[...service, ...routes], undefined, {}]);
  });

  test('routes are not written beside a foreign policy of the same name', () => {
    const state: AppState = { ...plainState, edge: 'named', allow: ['checkout'] };
    const found = plan(inputOf(state, strange('AuthorizationPolicy', state)));
    expect({ lines: linesOf(found), troubles: troubles(found) }).toEqual({
      lines: ['expand:', '  create Service shop'],
      troubles: [
        'Service shop Pending: is about to be written',
        'VirtualService shop-istio-ingress-public Pending: waits for AuthorizationPolicy shop',
        'AuthorizationPolicy shop NotOwned: an object of this name exists and is not controlled by this AppTraffic',
      ],
    });
  });

  test('children of an AppTraffic that had the name before are waited for', () => {
    const [service] = manifestsOf(plainState);
    const owner = {
      apiVersion: 'apptraffic.dev/v1alpha1',
      kind: 'AppTraffic',
      name: 'shop',
      uid: 'before',
      controller: true,
    };
    const left = wholeChild(
      applied(
        { ...(service as Manifest), metadata: { ...(service as Manifest).metadata, ownerReferences: [owner] } },
        'u',
        '3',
      ),
    );
    expect(troubles(plan(inputOf(plainState, [left])))[0]).toBe(
      'Service shop Pending: the object of the AppTraffic that had this name before is not gone yet',
    );
  });

  test('a child that is being deleted is neither written nor counted as there', () => {
    const live = liveOf(plainState).map((one) => (one.key.kind === 'Gateway' ? { ...one, deleting: true } : one));
    const found = plan(inputOf(plainState, live));
    expect({ lines: linesOf(found), troubles: troubles(found) }).toEqual({
      lines: [],
      troubles: ['Gateway shop-istio Pending: the live object is being deleted; it is made anew once it is gone'],
    });
  });

  test('a kind that the cluster does not serve is not written', () => {
    const found = plan(inputOf({ ...plainState, edge: 'named' }, [], { unavailableKinds: ['VirtualService'] }));
    expect({ lines: linesOf(found), trouble: troubles(found)[1] }).toEqual({
      lines: ['expand:', '  create Service shop'],
      trouble: 'VirtualService shop-istio-ingress-public KindUnavailable: the cluster does not serve VirtualService',
    });
  });

  const service = (spec: unknown): Manifest => child('v1', 'Service', 'shop', spec);
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  test.each([
    ['ClusterIP to headless', { ports }, { ports, clusterIP: 'None' }, 'ImmutableField'],
    ['headless to NodePort', { ports, clusterIP: 'None' }, { ports, type: 'NodePort' }, 'ImmutableField'],
    ['ClusterIP to ExternalName', { ports }, { ports, type: 'ExternalName', externalName: 'a.example.net' }, 'Pending'],
    ['ClusterIP to LoadBalancer', { ports }, { ports, type: 'LoadBalancer' }, 'Pending'],
  ])('a Service from %s', (_title, from, to, state) => {
    const live = [liveFrom(service(from))];
    const found = plan({ ...inputOf(plainState, live), desired: [service(to)] });
    expect(found.children.map((one) => one.state)).toEqual([state]);
  });
});

describe('an app that is held', () => {
  test('being deleted, has no children to write or tell of', () => {
    expect(plan(inputOf(canary, liveOf(stable), { hold: 'Deleting' }))).toEqual({
      phases: [],
      children: [],
      memory: newMemory(0),
    });
  });

  test('refused, keeps its children as they are although none is desired', () => {
    const found = plan({ ...inputOf(plainState, liveOf(plainState), { hold: 'NotAccepted' }), desired: [] });
    expect({ lines: linesOf(found), states: found.children.map(({ state }) => state) }).toEqual({
      lines: [],
      states: ['Kept', 'Kept', 'Kept'],
    });
  });

  test('paused, is told of and not written', () => {
    const live = liveOf({ ...plainState, mesh: true });
    const found = plan(inputOf({ ...plainState, port: 8081 }, live, { hold: 'Paused' }));
    expect({ lines: linesOf(found), troubles: troubles(found) }).toEqual({
      lines: [],
      troubles: [
        'Service shop Pending: differs from the spec and is not written while the app is paused',
        'VirtualService shop Draining: stays while the app is paused',
        'VirtualService shop-istio Pending: differs from the spec and is not written while the app is paused',
      ],
    });
  });
});

test('a preview tells what would be created, changed and deleted, and writes nothing', () => {
  const live = liveOf({ ...plainState, mesh: true }).filter(({ key }) => key.kind !== 'Gateway');
  const found = plan(inputOf({ ...plainState, port: 8081 }, live, { hold: 'Preview' }));
  expect({ lines: linesOf(found), troubles: troubles(found) }).toEqual({
    lines: [],
    troubles: [
      'Service shop Pending: would be changed: spec.ports',
      'Gateway shop-istio Pending: would be created',
      'VirtualService shop Draining: would be deleted',
      'VirtualService shop-istio Pending: would be changed: spec.http',
    ],
  });
});

test('gather reads whole what differs, and what was there and is not in the store any more', () => {
  const trimmed = liveOf(plainState).map(({ whole: _whole, ...rest }) => rest);
  const { memory } = plan(inputOf(plainState, liveOf(plainState)));
  const withoutGateway = trimmed.filter(({ key }) => key.kind !== 'Gateway');
  expect(childrenToRead(inputOf({ ...plainState, port: 8081 }, withoutGateway, { memory }))).toEqual([
    { kind: 'Service', namespace: 'shop', name: 'shop' },
    { kind: 'Gateway', namespace: 'shop', name: 'shop-istio' },
    { kind: 'VirtualService', namespace: 'shop', name: 'shop-istio' },
  ]);
  expect(childrenToRead(inputOf(plainState, trimmed))).toEqual([]);
  expect(childrenToRead(inputOf(plainState, withoutGateway, { hold: 'Preview' }))).toEqual([
    { kind: 'Gateway', namespace: 'shop', name: 'shop-istio' },
  ]);
  const unavailableKinds = ['Gateway'] as const;
  expect(childrenToRead(inputOf(plainState, withoutGateway, { memory, unavailableKinds }))).toEqual([]);
});
