/** Small apps as data, and the children they become: enough of the translation's shapes to plan with. */
import * as fc from 'fast-check';
import { dryRunAnnotation } from '../../../src/kube/dry-run.ts';
import { appUidLabel, childLabels, ownerReferenceTo } from '../../../src/kube/identity.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';

/** What an app of these tests may want. */
export type AppState = {
  /** Service port number. */
  readonly port: number;
  /** Subsets that the DestinationRule defines. */
  readonly subsets: readonly string[];
  /** Subsets that the routes send to; empty: to the whole Service. */
  readonly split: readonly string[];
  readonly edge: 'none' | 'generated' | 'named' | 'nginx' | 'traefik';
  /** Whether a generated Gateway serves https too, and plain http is sent there. */
  readonly tls?: boolean;
  /** Ports of a gateway for TCP connections, which go to the first part of the split. */
  readonly listens?: readonly number[];
  /** Whether routes inside the mesh are wanted. */
  readonly mesh: boolean;
  /** Whether the pods limit what comes through a gateway of Istio. */
  readonly limited?: boolean;
  /** What requests that come through a gateway of Istio must meet at the pods; absent: nothing. */
  readonly guards?: readonly string[];
  /** Servers elsewhere that the pods may call; undefined: anything. */
  readonly calls?: readonly string[];
  /** Callers; undefined: no policy. */
  readonly allow?: readonly string[];
  /** Whether the policy only says what it would do. */
  readonly audit?: boolean;
};

export const app = { namespace: 'shop', name: 'shop', uid: 'app-uid-1' };
const serviceHost = 'shop.shop.svc.cluster.local';

export const plainState: AppState = { port: 80, subsets: [], split: [], edge: 'generated', mesh: false };

/** Any state whose routes name only subsets that it defines. */
export const anyState: fc.Arbitrary<AppState> = fc
  .record({
    port: fc.constantFrom(80, 8081),
    subsets: fc.subarray(['canary', 'green', 'stable']),
    edge: fc.constantFrom('none', 'generated', 'named', 'nginx', 'traefik' as const),
    tls: fc.boolean(),
    listens: fc.subarray([5432, 6379]),
    mesh: fc.boolean(),
    limited: fc.boolean(),
    guards: fc.subarray(['addresses', 'claims', 'tokens']),
    allow: fc.option(fc.subarray(['checkout', 'billing']), { nil: undefined }),
    audit: fc.boolean(),
    calls: fc.option(fc.subarray(['a.example.net', 'b.example.net']), { nil: undefined }),
  })
  .chain(({ allow, calls: hosts, ...state }) =>
    fc.subarray(state.subsets).map((split) => ({
      ...state,
      ...(allow === undefined ? {} : { allow }),
      ...(hosts === undefined ? {} : { calls: hosts }),
      split,
    })),
  );

const istio = 'networking.istio.io/v1';

/** The children of the state, as compile would give them. */
export function manifestsOf(state: AppState): readonly Manifest[] {
  return [
    service(state),
    ...rules(state),
    ...policies(state),
    ...limits(state),
    ...guards(state),
    ...calls(state),
    ...meshRoutes(state),
    ...edgeObjects(state),
  ];
}

/** The same with the owner reference, as the API server holds them. */
export function owned(manifest: Manifest): Manifest {
  const { labels } = manifest.metadata;
  // In another namespace a label stands for the reference.
  const owners =
    manifest.kind === 'Certificate'
      ? { labels: { ...labels, [appUidLabel]: app.uid } }
      : { ownerReferences: [ownerReferenceTo(app)] };
  return { ...manifest, metadata: { ...manifest.metadata, ...owners } };
}

/** A child of the app. */
export function child(apiVersion: string, kind: string, name: string, spec: unknown): Manifest {
  return { apiVersion, kind, metadata: { namespace: app.namespace, name, labels: childLabels(app.name) }, spec };
}

function service({ port }: AppState): Manifest {
  return child('v1', 'Service', 'shop', {
    selector: { app: 'shop' },
    ports: [{ name: 'http', port, targetPort: 8080, appProtocol: 'http' }],
  });
}

function rules({ subsets }: AppState): readonly Manifest[] {
  if (subsets.length === 0) return [];
  const items = subsets.map((name) => ({ name, labels: { version: name } }));
  return [child(istio, 'DestinationRule', 'shop', { host: serviceHost, subsets: items })];
}

function policies({ allow, edge, audit }: AppState): readonly Manifest[] {
  if (allow === undefined) return [];
  const callers = [...allow, ...(edge === 'none' ? [] : [`edge-${edge}`])];
  const items = callers.map((caller) => ({ from: [{ source: { principals: [caller] } }] }));
  const spec = { selector: { matchLabels: { app: 'shop' } }, action: 'ALLOW', rules: items };
  const policy = child('security.istio.io/v1', 'AuthorizationPolicy', 'shop', spec);
  if (audit !== true) return [policy];
  return [{ ...policy, metadata: { ...policy.metadata, annotations: { [dryRunAnnotation]: 'true' } } }];
}

function limits({ limited, edge }: AppState): readonly Manifest[] {
  if (limited !== true || (edge !== 'generated' && edge !== 'named')) return [];
  const configPatches = [{ patch: { value: { of: `edge-${edge}` } } }];
  const spec = { workloadSelector: { labels: { app: 'shop' } }, configPatches };
  return [child('networking.istio.io/v1alpha3', 'EnvoyFilter', 'shop', spec)];
}

function guards({ guards: all = [], edge }: AppState): readonly Manifest[] {
  if (all.length === 0 || (edge !== 'generated' && edge !== 'named')) return [];
  const security = 'security.istio.io/v1';
  const selector = { matchLabels: { app: 'shop' } };
  const rules = all.map((one) => guardRule(one, edge));
  const policy = child(security, 'AuthorizationPolicy', 'shop-external', { selector, action: 'DENY', rules });
  if (!all.includes('tokens')) return [policy];
  return [policy, child(security, 'RequestAuthentication', 'shop', { selector, jwtRules: [{ issuer: 'id' }] })];
}

/** The rule for requests that come through the edge and do not meet the guard. */
export function guardRule(guard: string, edge: string): object {
  return { from: [{ source: { serviceAccounts: [`edge-${edge}`] } }], when: [{ key: guard, notValues: ['met'] }] };
}

function calls({ calls: hosts }: AppState): readonly Manifest[] {
  if (hosts === undefined) return [];
  const listed = hosts.length === 0 ? ['~/*'] : hosts.map((host) => `./${host}`);
  const entry = (host: string): Manifest => child(istio, 'ServiceEntry', `shop-call-${host}`, { hosts: [host] });
  return [...hosts.map(entry), child(istio, 'Sidecar', 'shop', { egress: [{ hosts: listed }] })];
}

function virtualService(
  name: string,
  gateways: readonly string[],
  { port, split }: AppState,
  before: readonly object[] = [],
): Manifest {
  const to = (subset?: string) => ({
    destination: { host: serviceHost, port: { number: port }, ...(subset === undefined ? {} : { subset }) },
  });
  const route = split.length === 0 ? [to()] : split.map(to);
  return child(istio, 'VirtualService', name, {
    hosts: ['shop.example.com'],
    gateways,
    http: [...before, { name: 'all', route }],
  });
}

function listeners(edge: string, gateways: readonly string[], state: AppState): readonly Manifest[] {
  const [subset] = state.split;
  const to = { host: serviceHost, port: { number: state.port }, ...(subset === undefined ? {} : { subset }) };
  return (state.listens ?? []).map((port) =>
    child(istio, 'VirtualService', `shop-${edge}-tcp-${port}`, {
      hosts: ['*'],
      gateways,
      tcp: [{ match: [{ port }], route: [{ destination: to }] }],
    }),
  );
}

function meshRoutes(state: AppState): readonly Manifest[] {
  return state.mesh ? [virtualService('shop', ['mesh'], state)] : [];
}

function edgeObjects(state: AppState): readonly Manifest[] {
  if (state.edge === 'none') return [];
  if (state.edge === 'named') {
    const gateways = ['istio-ingress/public'];
    return [virtualService('shop-istio-ingress-public', gateways, state), ...listeners('public', gateways, state)];
  }
  if (state.edge === 'generated') {
    const hosts = ['shop.example.com'];
    const http = { hosts, port: { name: 'http', number: 80, protocol: 'HTTP' } };
    const https = { hosts, port: { name: 'https', number: 443, protocol: 'HTTPS' }, tls: { mode: 'SIMPLE' } };
    const redirect = { name: 'https-redirect', match: [{ port: 80 }], redirect: { scheme: 'https' } };
    const isSecure = state.tls === true;
    const listening = (state.listens ?? []).map((number) => ({
      hosts: ['*'],
      port: { name: `tcp-${number}`, number, protocol: 'TCP' },
    }));
    const servers = [http, ...(isSecure ? [https] : []), ...listening];
    return [
      child(istio, 'Gateway', 'shop-istio', { selector: { istio: 'ingressgateway' }, servers }),
      virtualService('shop-istio', ['shop/shop-istio'], state, isSecure ? [redirect] : []),
      ...listeners('istio', ['shop/shop-istio'], state),
    ];
  }
  const backend = { service: { name: 'shop', port: { number: state.port } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  const spec = { ingressClassName: state.edge, rules: [{ host: 'shop.example.com', http: { paths } }] };
  return [child('networking.k8s.io/v1', 'Ingress', `shop-${state.edge}`, spec)];
}
