import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { readInput } from '../../../src/cli/input/read-input.ts';
import { worldsFromDocuments } from '../../../src/cli/world-from-documents.ts';
import type { OfflineApp } from '../../../src/cli/world-from-documents.ts';
import type { World } from '../../../src/model/world.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { memoryTerminal } from './memory-terminal.ts';

const now = '2026-01-02T03:04:05Z';
const platform = builtInPlatform();

/** The World of each app of a text, by its name. */
async function worldsOf(text: string): Promise<Readonly<Record<string, World>>> {
  const { apps, others, faults } = await readInput(['-'], 'default', memoryTerminal('/', text));
  expect(faults).toEqual([]);
  const valid = apps.flatMap((object): readonly OfflineApp[] => {
    const parsed = parseAppTraffic(object.manifest);
    return parsed.ok ? [{ object, value: parsed.value }] : [];
  });
  const worldOf = worldsFromDocuments({ apps: valid, others, platform, now });
  return Object.fromEntries(valid.map((app) => [app.value.metadata.name, worldOf(app)]));
}

const app = (name: string, metadata = '', rest = 'spec: {port: 8080}'): string =>
  `apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: ${name}, ${metadata}}\n${rest}\n`;

describe('the World offline', () => {
  it('is empty and assumes everything where an app comes alone', async () => {
    expect(await worldsOf(app('shop'))).toEqual({
      shop: {
        now,
        platform,
        created: now,
        hosts: [],
        siblings: [],
        services: [],
        gateways: [],
        ingressClasses: [],
        namespaces: [],
        assumesPresent: true,
      },
    });
  });

  it('holds what stands beside the apps', async () => {
    const { shop } = await worldsOf(
      [
        app('shop'),
        'apiVersion: v1\nkind: Service\nmetadata: {name: docs}\nspec: {selector: {app: docs}, ports: [{name: http, port: 80}, {port: 81}]}',
        'apiVersion: networking.istio.io/v1beta1\nkind: Gateway\nmetadata: {name: public, namespace: edge}\nspec: {servers: [{hosts: ["*.example.com"]}, {hosts: ["./a.example.org"]}, {port: {number: 5432, protocol: Tcp}, hosts: ["team/*"]}, {port: {number: 5433, protocol: TLS}, hosts: []}]}',
        'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}\nspec: {controller: k8s.io/ingress-nginx}',
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {istio-injection: enabled}}',
        'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: another-kind}',
      ].join('\n---\n'),
    );
    expect(shop).toEqual({
      now,
      platform,
      created: now,
      hosts: [],
      siblings: [],
      services: [
        {
          namespace: 'default',
          name: 'docs',
          type: 'ClusterIP',
          selector: { app: 'docs' },
          ports: [{ port: 80, name: 'http' }, { port: 81 }],
        },
      ],
      gateways: [
        {
          namespace: 'edge',
          name: 'public',
          hosts: ['*.example.com', './a.example.org'],
          tcp: [{ port: 5432, hosts: ['team/*'] }],
        },
      ],
      ingressClasses: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: true }],
      namespaces: [{ name: 'default', mesh: 'Sidecar' }],
      assumesPresent: true,
    });
  });

  it('shows the apps to each other, with the evidence that their documents carry', async () => {
    const external = 'spec: {port: 8080, external: {hosts: [a.example.com]}}';
    const granted = `${external}\nstatus: {observedGeneration: 1, hosts: [{host: a.example.com, state: Granted, since: "2025-03-01T00:00:00Z"}]}`;
    const { old, fresh } = await worldsOf(
      [
        app('fresh', 'namespace: one', external),
        app('old', 'namespace: two, creationTimestamp: "2025-02-01T00:00:00Z"', granted),
      ].join('---\n'),
    );
    const gatewayPods = { workload: 'istio-system istio=ingressgateway', tls: false };
    const claim = { host: 'a.example.com', edge: 'generated', httpsRedirect: false, gatewayPods };
    const freshSibling = {
      app: { namespace: 'one', name: 'fresh' },
      selector: { app: 'fresh' },
      serviceAccount: 'fresh',
      configuresPods: false,
      created: now,
      service: 'fresh',
    };
    expect({ created: old?.created, siblings: old?.siblings }).toEqual({
      created: '2025-02-01T00:00:00Z',
      siblings: [freshSibling],
    });
    expect(fresh?.created).toBe(now);
    expect(fresh?.siblings.map((sibling) => sibling.app.name)).toEqual(['old']);
    expect(fresh?.hosts).toEqual(old?.hosts);
    expect(fresh?.hosts.map(({ routes, ...rest }) => ({ ...rest, routes: routes.map(({ name }) => name) }))).toEqual([
      { ...claim, app: { namespace: 'one', name: 'fresh' }, created: now, routes: ['default'] },
      {
        ...claim,
        app: { namespace: 'two', name: 'old' },
        created: '2025-02-01T00:00:00Z',
        since: '2025-03-01T00:00:00Z',
        routes: ['default'],
      },
    ]);
  });

  it('puts an app that is not in the cluster behind those that are, also for a time before these were made', async () => {
    const worlds = await worldsOf([app('old', 'creationTimestamp: 2027-02-01T00:00:00Z'), app('fresh')].join('---\n'));
    expect([worlds.fresh?.created, worlds.fresh?.now]).toEqual(['2027-02-01T00:00:01.000Z', now]);
  });
});
