/** What the hosts of an app need as a whole: TLS, the redirect to https, wildcards. */
import type { StringMap } from '../../kube/manifest.ts';
import type { IngressSpec } from '../../kube/ingress.ts';
import type { Located } from '../../model/located.ts';
import { isWildcard } from '../../model/host.ts';
import type { Problem } from '../../model/problem.ts';
import { routesForHost } from '../../model/routes-for-host.ts';
import type { External, Issuer } from '../../model/traffic.ts';
import type { Placement } from '../feature-table.ts';
import type { Dialect, EdgeFeature, EdgePiece } from './dialect.ts';

/** What every Ingress of the app gets, and what the dialect says about it. */
export type EdgeParts = {
  readonly annotations: StringMap;
  /** `hosts`: those of the Ingress. */
  readonly spec: (hosts: readonly string[]) => Pick<IngressSpec, 'tls'>;
  readonly problems: readonly Problem[];
};

type PlacedFeature = { readonly pieces: readonly EdgePiece[]; readonly problems: readonly Problem[] };

/** Places the features of the hosts. */
export function placeEdge(
  {
    hosts,
    routes,
    tcp,
    tls,
    clientCa,
    passthrough,
    minTlsVersion,
    httpsRedirect,
    maxBodyBytes,
    allowCIDRs,
    denyCIDRs,
    rateLimit,
  }: External,
  { edge, title }: Dialect,
): EdgeParts {
  const schemes = tls === undefined ? [] : [{ value: true as const, at: httpsRedirect?.at ?? tls.at }];
  const isRedirected = httpsRedirect?.value ?? true;
  const wildcards = hosts.filter(({ value }) => isWildcard(value));
  const voids = hosts.filter(({ value }) => routesForHost(routes, value).length === 0);
  const ports = tcp.map(({ listen, at }) => ({ value: listen, at }));
  const placed: { readonly [F in EdgeFeature]: PlacedFeature } = {
    tls: placeFeature(edge.tls, secretOf(tls), title),
    issuer: placeFeature(edge.issuer, issuerOf(tls), title),
    clientCa: placeFeature(edge.clientCa, given(clientCa), title),
    passthrough: placeFeature(edge.passthrough, given(passthrough), title),
    minTlsVersion: placeFeature(edge.minTlsVersion, given(minTlsVersion), title),
    httpsRedirect: placeFeature(edge.httpsRedirect, isRedirected ? schemes : [], title),
    plainHttp: placeFeature(edge.plainHttp, isRedirected ? [] : schemes, title),
    maxBodySize: placeFeature(edge.maxBodySize, given(maxBodyBytes), title),
    allowCIDRs: placeFeature(edge.allowCIDRs, given(allowCIDRs), title),
    denyCIDRs: placeFeature(edge.denyCIDRs, given(denyCIDRs), title),
    rateLimit: placeFeature(edge.rateLimit, given(rateLimit), title),
    bodyUnlimited: placeFeature(edge.bodyUnlimited, [], title),
    wildcardHost: placeFeature(edge.wildcardHost, wildcards, title),
    hostWithoutRoutes: placeFeature(edge.hostWithoutRoutes, voids, title),
    listen: placeFeature(edge.listen, ports, title),
    trailingDot: placeFeature(edge.trailingDot, [], title),
    escapedPath: placeFeature(edge.escapedPath, [], title),
    websocketUnasked: placeFeature(edge.websocketUnasked, [], title),
  };
  const pieces = Object.values(placed).flatMap((one) => one.pieces);
  return {
    annotations: Object.assign({}, ...pieces.map(({ annotations }) => annotations ?? {})) as StringMap,
    spec: (of) => Object.assign({}, ...pieces.map(({ spec }) => spec?.(of) ?? {})) as Pick<IngressSpec, 'tls'>,
    problems: Object.values(placed).flatMap((one) => one.problems),
  };
}

function secretOf(tls: External['tls']): readonly Located<{ readonly secretName: string }>[] {
  return tls?.value.secretName === undefined ? [] : [{ value: { secretName: tls.value.secretName }, at: tls.at }];
}

function issuerOf(tls: External['tls']): readonly Located<Issuer>[] {
  return tls?.value.issuer === undefined ? [] : [{ value: tls.value.issuer, at: tls.at }];
}

function given<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function placeFeature<Value>(
  row: Placement<Value, undefined, EdgePiece>,
  values: readonly Located<Value>[],
  title: string,
): PlacedFeature {
  return {
    pieces: row.support === 'unsupported' ? [] : values.map(({ value }) => row.build(value, undefined)),
    problems: values.flatMap(({ at }) => problemOf(row, at, title)),
  };
}

function problemOf<Value>(
  row: Placement<Value, undefined, EdgePiece>,
  field: string,
  title: string,
): readonly Problem[] {
  if (row.support === 'unsupported') {
    return [{ code: 'AT0701', field, message: `${title} has no way for it: ${row.why}`, fix: row.fix }];
  }
  if (row.support === 'differs') {
    return [{ code: 'AT0702', field, message: `on ${title} ${row.how}`, fix: 'change it where that matters' }];
  }
  return [];
}
