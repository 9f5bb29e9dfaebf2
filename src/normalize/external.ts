/** `external`: hosts, edge, TLS and routes. */
import type { External as ApiExternal } from '../api/v1alpha1/external.ts';
import type { Platform } from '../model/platform.ts';
import type { Edge, External } from '../model/traffic.ts';
import { byteCount } from '../schema/byte-size.ts';
import type { RouteDefaults } from './route.ts';
import { authFacts, jwtRules } from './auth.ts';
import { corsFacts } from './cors.ts';
import { rateLimitOf } from './rate-limit.ts';
import { normalizeRoutes } from './routes.ts';
import { normalizeTcp } from './tcp.ts';

const at = 'spec.external';
const defaultExpect = 200;

type ExternalDefaults = { readonly istio: RouteDefaults; readonly elsewhere: RouteDefaults };

/**
 * How the outside reaches the app, with the platform's provider and gateway where the spec names none. The platform's
 * defaults for resilience hold where Istio serves; `elsewhere` is without them.
 */
export function normalizeExternal(external: ApiExternal, platform: Platform, defaults: ExternalDefaults): External {
  const edge = edgeOf(external, platform);
  const { hosts, httpsRedirect, probe } = external;
  const isPassedThrough = external.tls?.mode === 'Passthrough';
  return {
    at,
    edge,
    hosts: hostsOf(hosts),
    ...(external.tls === undefined ? {} : tlsFacts(external.tls, `${at}.tls`)),
    ...(httpsRedirect === undefined ? {} : { httpsRedirect: { value: httpsRedirect, at: `${at}.httpsRedirect` } }),
    ...limitsOf(external),
    ...entryOf(external),
    ...(probe === undefined
      ? {}
      : { probe: { value: { path: probe.path, expect: probe.expect ?? defaultExpect }, at: `${at}.probe` } }),
    routes: hosts === undefined ? [] : routesOf(external, routeDefaults(edge, isPassedThrough, defaults)),
    tcp: normalizeTcp(external.tcp, `${at}.tcp`, defaults.elsewhere),
  };
}

function limitsOf({ maxBodySize, rateLimit }: ApiExternal): Pick<External, 'maxBodyBytes' | 'rateLimit'> {
  return {
    ...(maxBodySize === undefined ? {} : { maxBodyBytes: { value: byteCount(maxBodySize), at: `${at}.maxBodySize` } }),
    ...(rateLimit === undefined ? {} : { rateLimit: { value: rateLimitOf(rateLimit), at: `${at}.rateLimit` } }),
  };
}

type TlsFacts = Pick<External, 'tls' | 'clientCa' | 'passthrough' | 'minTlsVersion'>;

function tlsFacts(
  { mode, secretName, issuer, clientCA, minVersion }: NonNullable<ApiExternal['tls']>,
  at: string,
): TlsFacts {
  return {
    ...(secretName === undefined ? {} : { tls: { value: { secretName }, at } }),
    ...(issuer === undefined ? {} : { tls: { value: { issuer }, at: `${at}.issuer` } }),
    ...(clientCA === undefined ? {} : { clientCa: { value: clientCA, at: `${at}.clientCA` } }),
    ...(mode === 'Passthrough' ? { passthrough: { value: true, at: `${at}.mode` } } : {}),
    ...(minVersion === undefined ? {} : { minTlsVersion: { value: minVersion, at: `${at}.minVersion` } }),
  };
}

function hostsOf(hosts: ApiExternal['hosts'] = []): External['hosts'] {
  return hosts.map((value, i) => ({ value, at: `${at}.hosts[${i}]` })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** What requests must meet. */
function entryOf({ allowCIDRs, denyCIDRs, auth }: ApiExternal): Pick<External, 'allowCIDRs' | 'denyCIDRs' | 'jwt'> {
  return {
    ...(allowCIDRs === undefined ? {} : { allowCIDRs: { value: ranges(allowCIDRs), at: `${at}.allowCIDRs` } }),
    ...(denyCIDRs === undefined ? {} : { denyCIDRs: { value: ranges(denyCIDRs), at: `${at}.denyCIDRs` } }),
    ...(auth?.jwt === undefined ? {} : { jwt: { value: jwtRules(auth.jwt), at: `${at}.auth.jwt` } }),
  };
}

function ranges(list: readonly string[]): readonly string[] {
  return [...new Set(list)].sort();
}

function routesOf({ routes, cors, auth }: ApiExternal, defaults: RouteDefaults): External['routes'] {
  return normalizeRoutes(routes, `${at}.routes`, {
    ...defaults,
    ...(cors === undefined ? {} : { cors: { value: corsFacts(cors), at: `${at}.cors` } }),
    ...(auth === undefined ? {} : { auth: { value: authFacts(auth), at: `${at}.auth` } }),
  });
}

/** The platform's defaults are about requests, and where TLS ends at the pods Istio sees none. */
function routeDefaults(edge: Edge, isPassedThrough: boolean, { istio, elsewhere }: ExternalDefaults): RouteDefaults {
  if (!isPassedThrough) return edge.kind === 'Ingress' ? elsewhere : istio;
  const { portNamed, tlsPort } = elsewhere;
  return { ...elsewhere, portNamed: (name) => (name === undefined ? tlsPort() : undefined) ?? portNamed(name) };
}

/** A gateway or class that is named decides the provider; then the spec's provider; then the platform's. */
function edgeOf(external: ApiExternal, platform: Platform): Edge {
  if (external.gateway !== undefined) {
    const [namespace = '', name = ''] = external.gateway.split('/');
    return { kind: 'NamedGateway', namespace, name, at: `${at}.gateway` };
  }
  if (external.ingressClass !== undefined) {
    return { kind: 'Ingress', className: external.ingressClass, at: `${at}.ingressClass` };
  }
  const provider = external.provider ?? platform.provider;
  if (provider === 'Ingress') return { kind: 'Ingress', at: external.provider === undefined ? at : `${at}.provider` };
  const named = platform.gateways.find((entry) => entry.default && entry.name !== undefined);
  if (named?.name === undefined || external.tls !== undefined) return { kind: 'GeneratedGateway' };
  return { kind: 'NamedGateway', namespace: named.namespace, name: named.name, at };
}
