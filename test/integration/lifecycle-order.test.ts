import { field } from '../testbed/kube-object.ts';
import type { Exchange } from '../testbed/proxy/exchange-log.ts';
import { childrenIn, inSteps, nameOf, writesIn, localWriteText } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const settleMs = 200;

let stage: Stage;
beforeAll(async () => {
  const settings = {
    apiVersion: 'config.apptraffic.dev/v1alpha1',
    kind: 'OperatorSettings',
    settle: `${settleMs}ms`,
    gateways: [{ namespace: 'istio-system', selector: { istio: 'gateway' }, serviceAccount: 'gateway' }],
  };
  stage = await startStage({ operator: { settings } });
});
afterAll(() => stage?.stop());

/** What of a spec these tests change. */
type Spec = {
  readonly port?: number;
  readonly ports?: readonly object[];
  readonly service?: object;
  readonly backends?: Readonly<Record<string, object>>;
  readonly split?: Readonly<Record<string, number>>;
  readonly external?: { readonly hosts: readonly string[]; readonly [field: string]: unknown };
  readonly internal?: object;
};

const stable = { labels: { version: 'v1' } };
const canary = { labels: { version: 'v2' } };
const green = { labels: { version: 'v3' } };
const internal = { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] };
const shop: Spec = {
  port: 8080,
  backends: { stable, canary },
  split: { stable: 90, canary: 10 },
  external: { hosts: ['a.example.com'] },
  internal,
};
const without = (spec: Spec, ...fields: readonly (keyof Spec)[]): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => !fields.some((one) => one === name)));

/** An edit; without `from` the app is new. */
type Edit = {
  readonly what: string;
  readonly from?: Spec;
  readonly to: Spec;
  /** The writes in steps: those of a step go side by side. */
  readonly writes: readonly (readonly string[])[];
  /** Steps (from 0) that begin only `settle` after the one before. */
  readonly late?: readonly number[];
  readonly children: readonly string[];
};

const status = ['apply apptraffics/status shop'];
const routes = ['VirtualService shop', 'VirtualService shop-istio'];
const policies = ['AuthorizationPolicy shop', 'PeerAuthentication shop'];
const gateway = ['Gateway shop-istio'];
const rule = ['DestinationRule shop'];
const service = ['Service shop'];
const all = [...policies, ...rule, ...gateway, ...service, ...routes];

const edits: readonly Edit[] = [
  {
    what: 'an app is made: policies, then Service and subsets, then routes',
    to: shop,
    writes: [
      ['apply authorizationpolicies shop {checkout, gateway}', 'apply peerauthentications shop'],
      ['apply destinationrules shop {canary, stable}', 'apply services shop {80}'],
      ['apply gateways shop-istio', 'apply virtualservices shop', 'apply virtualservices shop-istio'],
      status,
    ],
    late: [2],
    children: all,
  },
  {
    what: 'a host is renamed',
    from: shop,
    to: { ...shop, external: { hosts: ['b.example.com'] } },
    writes: [['apply gateways shop-istio', 'apply virtualservices shop-istio'], status],
    children: all,
  },
  {
    what: 'one of two hosts is removed',
    from: { ...shop, external: { hosts: ['a.example.com', 'b.example.com'] } },
    to: shop,
    writes: [['apply gateways shop-istio', 'apply virtualservices shop-istio'], status],
    children: all,
  },
  {
    what: 'a host with routes of its own is removed',
    from: {
      ...shop,
      external: {
        hosts: ['a.example.com', 'b.example.com'],
        routes: [{ name: 'all' }, { name: 'beta', match: { host: 'b.example.com', prefix: '/beta' }, to: 'canary' }],
      },
    },
    to: { ...shop, external: { hosts: ['a.example.com'], routes: [{ name: 'all' }] } },
    writes: [['apply gateways shop-istio', 'delete virtualservices shop-istio-b-edit-3-example-com-8a68ee65'], status],
    children: all,
  },
  {
    what: 'a canary is added: its subset is there before a route names it',
    from: { ...shop, backends: { stable }, split: { stable: 100 } },
    to: shop,
    writes: [
      ['apply destinationrules shop {canary, stable}'],
      ['apply virtualservices shop', 'apply virtualservices shop-istio'],
      status,
    ],
    children: all,
  },
  {
    what: 'a canary is removed: its subset goes once no route names it any more',
    from: shop,
    to: { ...shop, backends: { stable }, split: { stable: 100 } },
    writes: [
      ['apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['apply destinationrules shop {stable}'],
      status,
    ],
    late: [1],
    children: all,
  },
  {
    what: 'one canary takes the place of another: both have a subset meanwhile',
    from: shop,
    to: { ...shop, backends: { stable, green }, split: { stable: 90, green: 10 } },
    writes: [
      ['apply destinationrules shop {green, stable, canary}'],
      ['apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['apply destinationrules shop {green, stable}'],
      status,
    ],
    late: [2],
    children: all,
  },
  {
    what: 'the last backend with labels is removed: routes, then the DestinationRule',
    from: shop,
    to: without(shop, 'backends', 'split'),
    writes: [
      ['apply virtualservices shop-istio', 'delete virtualservices shop'],
      ['delete destinationrules shop'],
      status,
    ],
    late: [1],
    children: [...policies, ...gateway, ...service, 'VirtualService shop-istio'],
  },
  {
    what: 'internal is removed: its routes, then its policies',
    from: shop,
    to: without(shop, 'internal'),
    writes: [
      ['delete virtualservices shop'],
      ['delete authorizationpolicies shop', 'delete peerauthentications shop'],
      status,
    ],
    late: [1],
    children: [...rule, ...gateway, ...service, 'VirtualService shop-istio'],
  },
  {
    what: 'external is removed',
    from: shop,
    to: without(shop, 'external'),
    writes: [
      ['apply authorizationpolicies shop {checkout}'],
      ['delete gateways shop-istio', 'delete virtualservices shop-istio'],
      status,
    ],
    children: [...policies, ...rule, ...service, 'VirtualService shop'],
  },
  {
    what: 'external is added behind the policy that admits the gateway',
    from: without(shop, 'external'),
    to: shop,
    writes: [
      ['apply authorizationpolicies shop {checkout, gateway}'],
      ['apply gateways shop-istio', 'apply virtualservices shop-istio'],
      status,
    ],
    late: [1],
    children: all,
  },
  {
    what: 'callers are restricted and a route is added: the policy first',
    from: { ...shop, internal: { mtls: { mode: 'Strict' } } },
    to: { ...shop, external: { hosts: ['a.example.com'], routes: [{ name: 'api', match: { prefix: '/api' } }] } },
    writes: [['apply authorizationpolicies shop {checkout, gateway}'], ['apply virtualservices shop-istio'], status],
    late: [1],
    children: all,
  },
  {
    what: 'callers are no longer restricted',
    from: shop,
    to: { ...shop, internal: { mtls: { mode: 'Strict' } } },
    writes: [['delete authorizationpolicies shop'], status],
    children: all.filter((name) => name !== 'AuthorizationPolicy shop'),
  },
  {
    what: 'the Service is renamed: the new one first, the old one when no route leads there any more',
    from: shop,
    to: { ...shop, service: { name: 'web' } },
    writes: [
      ['apply services web {80}'],
      [
        'apply destinationrules shop {canary, stable}',
        'apply virtualservices shop',
        'apply virtualservices shop-istio',
      ],
      ['delete services shop'],
      status,
    ],
    late: [2],
    children: [...policies, ...rule, ...gateway, 'Service web', ...routes],
  },
  {
    what: 'the port of the Service changes: both ports are there meanwhile',
    from: { ...without(shop, 'port'), ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'http' }] },
    to: { ...without(shop, 'port'), ports: [{ name: 'http', port: 81, targetPort: 8080, protocol: 'http' }] },
    writes: [
      ['apply services shop {81, 80}'],
      ['apply virtualservices shop', 'apply virtualservices shop-istio'],
      ['apply services shop {81}'],
      status,
    ],
    late: [2],
    children: all,
  },
  {
    what: 'weights change',
    from: shop,
    to: { ...shop, split: { stable: 50, canary: 50 } },
    writes: [['apply virtualservices shop', 'apply virtualservices shop-istio'], status],
    children: all,
  },
];

const itemsAt = (write: Exchange, list: string): readonly unknown[] =>
  (field(write.body, 'spec', list) ?? []) as readonly unknown[];

/** What of an applied object decides whether a route finds it: subsets, ports, callers. */
const details: Readonly<Record<string, (write: Exchange) => readonly unknown[]>> = {
  destinationrules: (write) => itemsAt(write, 'subsets').map((subset) => field(subset, 'name')),
  services: (write) => itemsAt(write, 'ports').map((port) => field(port, 'port')),
  authorizationpolicies: (write) =>
    itemsAt(write, 'rules').map((rule) => String(field(rule, 'from', 0, 'source', 'serviceAccounts', 0)).split('/')[1]),
};

function textOf(write: Exchange): string {
  const detail = write.verb === 'apply' ? details[write.resource]?.(write) : undefined;
  return detail === undefined ? localWriteText(write) : `${localWriteText(write)} {${detail.join(', ')}}`;
}

/** The writes cut into steps of the sizes that were expected. */
const stepsOf = (writes: readonly Exchange[], { writes: expected }: Edit): readonly (readonly string[])[] =>
  inSteps(
    writes.map(textOf),
    expected.slice(0, -1).map(({ length }) => length),
  );

/** Milliseconds between the end of the step before and the start of step `at` (from 0). */
function pauseBefore(writes: readonly Exchange[], { writes: expected }: Edit, at: number): number {
  const end = expected.slice(0, at).flat().length;
  return (writes[end]?.at ?? Number.NaN) - (writes[end - 1]?.at ?? Number.NaN);
}

const cases = edits.map((edit, at) => ({ ...edit, namespace: `edit-${at}` }));

async function apply(namespace: string, spec: Spec): Promise<void> {
  const own = JSON.stringify(spec).replaceAll('example.com', `${namespace}.example.com`);
  await stage.ready(await stage.app(namespace, 'shop', JSON.parse(own) as object));
}

describe('edits are written in the order in which no request gets lost', () => {
  beforeAll(async () => {
    await Promise.all(
      cases.map(async ({ namespace, from }) => {
        await stage.namespace(namespace);
        if (from !== undefined) await apply(namespace, from);
      }),
    );
    // Nothing of the first specs is still settling.
    await stage.proxy.quietFor(settleMs);
  });

  it.each(cases)('$what', async ({ namespace, ...edit }) => {
    const mark = stage.proxy.mark();
    await apply(namespace, edit.to);
    await stage.proxy.quietFor(settleMs + 100);
    const writes = writesIn(stage.proxy, namespace, mark);
    expect(stepsOf(writes, edit)).toEqual(edit.writes);
    for (const late of edit.late ?? []) expect(pauseBefore(writes, edit, late)).toBeGreaterThanOrEqual(settleMs - 1);
    expect((await childrenIn(stage.plane, namespace)).map(nameOf)).toEqual([...edit.children].sort());
  });
});
