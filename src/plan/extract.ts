/** Extract: the little of a child's spec that plan and the host index need, so that the store need not keep objects whole. */
import type { ChildKind } from '../kube/gvk.ts';
import { hashOf } from '../kube/hash.ts';
import { isJsonObject, listAt, numberAt, textAt, textsAt, valueAt } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { askedMethodHeader } from '../model/preflight.ts';
import { listenerKey, listenerName } from '../model/tcp-listener.ts';
import { destinationsOf, sharedOutBy } from './destinations.ts';
import type { Destination } from './destinations.ts';
import { extractCertificate, extractGateway } from './extract-tls.ts';
import type { CertificateExtract, GatewayExtract } from './extract-tls.ts';

/**
 * A route of a VirtualService. Evidence of hosts compares name and fingerprint of its matches; the conditions say what it
 * takes from others while it stands.
 */
export type ExtractedRoute = {
  readonly name: string;
  /** Fingerprint of the matches. */
  readonly match: string;
  /** One for each match, as written; every path: prefix `/`. */
  readonly paths: readonly { readonly exact?: string; readonly prefix?: string; readonly regex?: string }[];
  /** Absent: every method. */
  readonly methods?: readonly string[];
  /** Names of headers with a condition, cookies among them as `cookie`; absent: none. */
  readonly headers?: readonly string[];
  /** Names of headers that a request must not have; absent: none. */
  readonly withoutHeaders?: readonly string[];
  /** Query parameters with a condition on their value, as `name=value`; absent: none. */
  readonly query?: readonly string[];
  /** Where it shares requests out among several destinations: each with its weight. Neither is part of the evidence. */
  readonly split?: readonly Destination[];
};

/** The label by which Argo Rollouts tells the pods of two versions apart; it puts it on subsets. */
export const podTemplateHash = 'rollouts-pod-template-hash';

/** One path of an Ingress. */
export type ExtractedPath = {
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly service: string;
  /** Number, or name where the backend gives one. */
  readonly port: number | string;
};

/** Per kind, what is kept. */
export type Extract =
  | {
      readonly kind: 'VirtualService';
      /** As written, but for `*`; then `:5432` for each port whose connections it takes. */
      readonly hosts: readonly string[];
      /** As written; absent in the object: `mesh`. */
      readonly gateways: readonly string[];
      readonly routes: readonly ExtractedRoute[];
      /** Without duplicates of host, subset, port and weight. */
      readonly destinations: readonly Destination[];
    }
  | {
      readonly kind: 'DestinationRule';
      readonly host: string;
      readonly subsets: readonly string[];
      /** By subset, its label {@link podTemplateHash}; absent: none has one. */
      readonly hashes?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'ServiceEntry'; readonly hosts: readonly string[] }
  | GatewayExtract
  | CertificateExtract
  | {
      readonly kind: 'Ingress';
      readonly hosts: readonly string[];
      readonly paths: readonly ExtractedPath[];
      readonly className?: string;
      /** status.loadBalancer.ingress is not empty. */
      readonly hasAddress: boolean;
    }
  | {
      readonly kind: 'Service';
      readonly type: string;
      readonly headless: boolean;
      readonly ports: readonly number[];
    }
  /** `action`: absent in the object: ALLOW. */
  | { readonly kind: 'AuthorizationPolicy'; readonly action: string }
  | { readonly kind: 'EnvoyFilter' | 'Sidecar' | 'PeerAuthentication' | 'RequestAuthentication' | 'Telemetry' };

const extractors: { readonly [K in ChildKind]: (object: Pick<Manifest, 'spec' | 'status'>) => Extract } = {
  VirtualService: ({ spec }) => extractVirtualService(spec),
  DestinationRule: ({ spec }) => extractDestinationRule(spec),
  Gateway: ({ spec }) => extractGateway(spec),
  Certificate: ({ spec, status }) => extractCertificate(spec, status),
  Ingress: ({ spec, status }) => extractIngress(spec, status),
  Service: ({ spec }) => extractService(spec),
  ServiceEntry: ({ spec }) => ({ kind: 'ServiceEntry', hosts: textsAt(spec, 'hosts') }),
  Sidecar: () => ({ kind: 'Sidecar' }),
  EnvoyFilter: () => ({ kind: 'EnvoyFilter' }),
  PeerAuthentication: () => ({ kind: 'PeerAuthentication' }),
  AuthorizationPolicy: ({ spec }) => ({ kind: 'AuthorizationPolicy', action: textAt(spec, 'action') ?? 'ALLOW' }),
  RequestAuthentication: () => ({ kind: 'RequestAuthentication' }),
  Telemetry: () => ({ kind: 'Telemetry' }),
};

/** The extract of an object of this kind. Parts that are missing or malformed count as absent. */
export function extractOf(kind: ChildKind, object: Pick<Manifest, 'spec' | 'status'>): Extract {
  return extractors[kind](object);
}

function extractDestinationRule(spec: unknown): Extract {
  const subsets = listAt(spec, 'subsets').flatMap((subset) => {
    const name = textAt(subset, 'name');
    return name === undefined ? [] : [{ name, hash: textAt(subset, 'labels', podTemplateHash) }];
  });
  const hashes = subsets.flatMap(({ name, hash }) => (hash === undefined ? [] : [[name, hash] as const]));
  return {
    kind: 'DestinationRule',
    host: textAt(spec, 'host') ?? '',
    subsets: subsets.map(({ name }) => name),
    ...(hashes.length === 0 ? {} : { hashes: Object.fromEntries(hashes) }),
  };
}

function extractService(spec: unknown): Extract {
  return {
    kind: 'Service',
    type: textAt(spec, 'type') ?? 'ClusterIP',
    headless: textAt(spec, 'clusterIP') === 'None',
    ports: listAt(spec, 'ports').flatMap((port) => numberAt(port, 'port') ?? []),
  };
}

function extractVirtualService(spec: unknown): Extract {
  const http = listAt(spec, 'http');
  const rules = [...http, ...listAt(spec, 'tcp'), ...listAt(spec, 'tls')];
  const gateways = textsAt(spec, 'gateways');
  const listeners = listAt(spec, 'tcp').flatMap((rule) => extractListeners(rule, gateways));
  return {
    kind: 'VirtualService',
    hosts: [...textsAt(spec, 'hosts').filter((host) => host !== '*'), ...listeners.map(({ host }) => host)],
    gateways: gateways.length === 0 ? ['mesh'] : gateways,
    routes: [...http.map(extractRoute), ...listeners.map(({ route }) => route)],
    destinations: distinct(rules.flatMap(destinationsOf)),
  };
}

/** Of each port that a tcp rule matches. The same port of another gateway is another one, so gateways are part of the match. */
function extractListeners(
  rule: unknown,
  gateways: readonly string[],
): readonly { readonly host: string; readonly route: ExtractedRoute }[] {
  const ports = distinct(listAt(rule, 'match').flatMap((match) => numberAt(match, 'port') ?? []));
  return ports.map((port) => ({
    host: listenerKey(port),
    route: {
      name: listenerName(port),
      match: hashOf([listAt(rule, 'match'), gateways]).slice(0, 16),
      paths: [{ prefix: '/' }],
    },
  }));
}

function extractRoute(rule: unknown): ExtractedRoute {
  const matches = listAt(rule, 'match');
  const methods = distinct(matches.flatMap(methodsOf));
  const namesIn = (field: string): readonly string[] =>
    inEach(matches.map((match) => Object.keys(objectAt(match, field)).map((name) => name.toLowerCase())));
  const headers = namesIn('headers');
  const withoutHeaders = namesIn('withoutHeaders');
  const query = inEach(matches.map(queryOf));
  const split = sharedOutBy(listAt(rule, 'route'));
  return {
    name: textAt(rule, 'name') ?? '',
    match: hashOf(matches).slice(0, 16),
    paths: matches.map((match) => {
      const [exact, regex] = [textAt(match, 'uri', 'exact'), textAt(match, 'uri', 'regex')];
      if (regex !== undefined) return { regex };
      return exact === undefined ? { prefix: textAt(match, 'uri', 'prefix') ?? '/' } : { exact };
    }),
    ...(methods.length === 0 ? {} : { methods }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(withoutHeaders.length === 0 ? {} : { withoutHeaders }),
    ...(query.length === 0 ? {} : { query }),
    ...(split.length < 2 ? {} : { split }),
  };
}

/** What all matches name: they are alternatives, so a condition of some of them is none of the route. */
function inEach(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists;
  return distinct(first).filter((one) => others.every((list) => list.includes(one)));
}

/** One method as it is, several as alternatives of a regular expression. A match for preflights means the methods asked for. */
function methodsOf(match: unknown): readonly string[] {
  const asked = valueAt(match, 'headers', askedMethodHeader);
  const condition = asked === undefined ? valueAt(match, 'method') : asked;
  const one = textAt(condition, 'exact');
  return one === undefined ? (textAt(condition, 'regex')?.split('|') ?? []) : [one];
}

function queryOf(match: unknown): readonly string[] {
  const found = objectAt(match, 'queryParams');
  return Object.keys(found).map((name) => `${name}=${textAt(valueAt(found, name), 'exact') ?? ''}`);
}

function objectAt(value: unknown, field: string): object {
  const found = valueAt(value, field);
  return isJsonObject(found) ? found : {};
}

function extractIngress(spec: unknown, status: unknown): Extract {
  const className = textAt(spec, 'ingressClassName');
  const rules = listAt(spec, 'rules');
  return {
    kind: 'Ingress',
    hosts: distinct(rules.flatMap((rule) => textAt(rule, 'host') ?? [])),
    paths: rules.flatMap((rule) =>
      listAt(rule, 'http', 'paths').map((path) => extractPath(textAt(rule, 'host') ?? '', path)),
    ),
    ...(className === undefined ? {} : { className }),
    hasAddress: listAt(status, 'loadBalancer', 'ingress').length > 0,
  };
}

function extractPath(host: string, path: unknown): ExtractedPath {
  const service = valueAt(path, 'backend', 'service');
  return {
    host,
    path: textAt(path, 'path') ?? '/',
    pathType: textAt(path, 'pathType') ?? '',
    service: textAt(service, 'name') ?? '',
    port: numberAt(service, 'port', 'number') ?? textAt(service, 'port', 'name') ?? 0,
  };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
