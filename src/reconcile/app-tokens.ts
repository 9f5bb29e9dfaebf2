/** What an app depends on, as tokens: an event that carries a token concerns every app that has it. */
import type { SpecClaim } from '../model/claims.ts';
import { serversCalled } from '../model/calls.ts';
import { configuresPods } from '../model/configured-pods.ts';
import { isWildcard } from '../model/host.ts';
import type { Traffic } from '../model/traffic.ts';

/** Tokens of things that apps depend on. */
export const tokens = {
  service: (namespace: string, name: string): string => `service/${namespace}/${name}`,
  gateway: (namespace: string, name: string): string => `gateway/${namespace}/${name}`,
  ingress: 'edge/Ingress',
  makes: (namespace: string, service: string): string => `makes/${namespace}/${service}`,
  mesh: (namespace: string): string => `mesh/${namespace}`,
  names: (namespace: string, app: string): string => `names/${namespace}/${app}`,
  server: (namespace: string, host: string): string => `server/${namespace}/${host}`,
  selects: (namespace: string, label: string, value: string): string => `selects/${namespace}/${label}=${value}`,
} as const;

/** The tokens of one app: what it refers to, the labels it selects, the hosts it claims. */
export function tokensOf(traffic: Traffic, claims: readonly SpecClaim[]): readonly string[] {
  const { app, backends, external, orphans, service, selector } = traffic;
  const edge = external?.edge;
  return [
    ...backends.flatMap((b) => (b.kind === 'Service' ? [tokens.service(b.namespace, b.service)] : [])),
    tokens.service(app.namespace, service.name),
    ...(service.type === 'Existing' ? [] : [tokens.makes(app.namespace, service.name)]),
    ...(edge?.kind === 'NamedGateway' ? [tokens.gateway(edge.namespace, edge.name)] : []),
    ...(edge?.kind === 'Ingress' ? [tokens.ingress] : []),
    ...(configuresPods(traffic) || orphans === true ? [tokens.mesh(app.namespace)] : []),
    ...namedTokens(traffic),
    ...serverTokens(traffic),
    ...Object.entries(selector).map(([label, value]) => tokens.selects(app.namespace, label, value)),
    ...claims.flatMap(({ host }) => hostTokens(host)),
  ];
}

/** The tokens of apps that `allow` and `calls` name. */
function namedTokens({ app, internal }: Pick<Traffic, 'app' | 'internal'>): readonly string[] {
  const { allow, calls } = internal ?? {};
  return [
    ...(allow?.value ?? []).flatMap((entry) =>
      entry.app === undefined ? [] : [tokens.names(entry.namespace ?? app.namespace, entry.app)],
    ),
    // An AppTraffic of that name, and a Service: which of the two is meant depends on whether there is the first.
    ...(calls?.value ?? []).flatMap((call) =>
      call.kind === 'App' ? [tokens.names(call.namespace, call.app), tokens.service(call.namespace, call.app)] : [],
    ),
  ];
}

/** The tokens of servers elsewhere that the app's pods may call. */
export function serverTokens(traffic: Pick<Traffic, 'app' | 'internal'>): readonly string[] {
  return serversCalled(traffic).map(({ host }) => tokens.server(traffic.app.namespace, host));
}

/** The tokens by which a host is found: the host itself, and every domain above it. */
export function hostTokens(host: string): readonly string[] {
  return [claimToken(host), ...suffixes(host).map((suffix) => `below/${suffix}`)];
}

/** The tokens of every claim that could overlap with a claim on `host`: the host itself, wildcards above it, hosts below it. */
export function overlapTokens(host: string): readonly string[] {
  const above = suffixes(host).map((suffix) => claimToken(`*.${suffix}`));
  return [claimToken(host), ...above, ...(isWildcard(host) ? [`below/${host.slice(2)}`] : [])];
}

const claimToken = (host: string): string => `claims/${host}`;

/** The domains above a host: `a.b.c` gives `b.c` and `c`; a wildcard counts as a host below its domain. */
function suffixes(host: string): readonly string[] {
  const labels = host.split('.').slice(1);
  return labels.map((_, i) => labels.slice(i).join('.'));
}
