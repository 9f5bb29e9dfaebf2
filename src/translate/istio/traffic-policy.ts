/** Where every feature of connections lands in the traffic policy of a DestinationRule (networking.istio.io/v1). */
import type { DestinationRuleTrafficPolicy } from '../../generated/istio/destination-rule.ts';
import type { Connections } from '../../model/connections.ts';
import { isHttp } from '../../model/port.ts';
import type { Port } from '../../model/port.ts';
import { placeConnections } from '../connection-table.ts';
import type { ConnectionTable } from '../connection-table.ts';
import { exact } from '../feature-table.ts';
import { durationText } from './duration-text.ts';
import { algorithms, consistentHash, localitySetting } from './load-balancer.ts';
import type { LoadBalancer } from './load-balancer.ts';

type Pool = NonNullable<DestinationRuleTrafficPolicy['connectionPool']>;

/** Part of a traffic policy. */
export type PolicyPiece = {
  readonly http?: Pool['http'];
  readonly tcp?: Pool['tcp'];
  readonly outlierDetection?: DestinationRuleTrafficPolicy['outlierDetection'];
  readonly loadBalancer?: LoadBalancer;
};

/** What a row may know beside its value. */
export type PolicyContext = { readonly ports: readonly Port[] };

const pool = 'DestinationRule spec.trafficPolicy.connectionPool';
const balancer = 'DestinationRule spec.trafficPolicy.loadBalancer';

/** Istio's row for every feature of connections. */
export const connectionTable = {
  connectTimeout: exact(`${pool}.tcp.connectTimeout`, (ms) => ({ tcp: { connectTimeout: durationText(ms) } })),
  // Istio's idle timeout of http closes connections to pods without a request, that of tcp ends connections that carry nothing.
  idleTimeout: exact(`${pool}.http.idleTimeout, tcp.idleTimeout`, (ms, { ports }) => {
    const idleTimeout = durationText(ms);
    return {
      ...(ports.some(isHttp) ? { http: { idleTimeout } } : {}),
      ...(ports.every(isHttp) ? {} : { tcp: { idleTimeout } }),
    };
  }),
  maxConnections: exact(`${pool}.tcp.maxConnections`, (maxConnections) => ({ tcp: { maxConnections } })),
  maxPending: exact(`${pool}.http.http1MaxPendingRequests`, (count) => ({ http: { http1MaxPendingRequests: count } })),
  // Despite its name it limits HTTP/1.1 too (Envoy, circuit breakers: max_requests).
  maxRequests: exact(`${pool}.http.http2MaxRequests`, (count) => ({ http: { http2MaxRequests: count } })),
  maxRetries: exact(`${pool}.http.maxRetries`, (maxRetries) => ({ http: { maxRetries } })),
  eject: exact('DestinationRule spec.trafficPolicy.outlierDetection', ({ after, everyMs, forMs, maxPercent }) => ({
    outlierDetection: {
      consecutive5xxErrors: after,
      ...(everyMs === undefined ? {} : { interval: durationText(everyMs) }),
      ...(forMs === undefined ? {} : { baseEjectionTime: durationText(forMs) }),
      ...(maxPercent === undefined ? {} : { maxEjectionPercent: maxPercent }),
    },
  })),
  algorithm: exact(`${balancer}.simple`, (name) => ({ loadBalancer: { simple: algorithms[name] } })),
  hashOn: exact(`${balancer}.consistentHash`, (on) => ({ loadBalancer: { consistentHash: consistentHash(on) } })),
  warmup: exact(`${balancer}.warmup`, (ms) => ({ loadBalancer: { warmup: { duration: durationText(ms) } } })),
  locality: exact(`${balancer}.localityLbSetting`, (where) => ({
    loadBalancer: { localityLbSetting: localitySetting(where) },
  })),
} satisfies ConnectionTable<PolicyContext, PolicyPiece>;

/**
 * The traffic policy; undefined: nothing is asked for. It has no `tls`: that would switch off the mesh's own choice of
 * mutual TLS for each pod. A subset without a policy of its own has this one.
 */
export function trafficPolicy(
  connections: Connections,
  context: PolicyContext,
): DestinationRuleTrafficPolicy | undefined {
  const table: ConnectionTable<PolicyContext, PolicyPiece> = connectionTable;
  const pieces = placeConnections(table, connections, context);
  if (pieces.length === 0) return undefined;
  const tcp = Object.assign({}, ...pieces.map((piece) => piece.tcp ?? {})) as NonNullable<Pool['tcp']>;
  const http = Object.assign({}, ...pieces.map((piece) => piece.http ?? {})) as NonNullable<Pool['http']>;
  const outlierDetection = pieces.find((piece) => piece.outlierDetection !== undefined)?.outlierDetection;
  const loadBalancer = Object.assign({}, ...pieces.map((piece) => piece.loadBalancer ?? {})) as LoadBalancer;
  const connectionPool = {
    ...(Object.keys(tcp).length === 0 ? {} : { tcp }),
    ...(Object.keys(http).length === 0 ? {} : { http }),
  };
  return {
    ...(Object.keys(connectionPool).length === 0 ? {} : { connectionPool }),
    ...(Object.keys(loadBalancer).length === 0 ? {} : { loadBalancer }),
    ...(outlierDetection === undefined ? {} : { outlierDetection }),
  };
}
