/** What a row of Istio's feature table builds: a part of one route's http entry. */
import type { VirtualServiceHttp, VirtualServiceHttpMatch } from '../../generated/istio/virtual-service.ts';
import type { Platform } from '../../model/platform.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';

/** What an http entry does with a request. */
export type HttpAction = Pick<
  VirtualServiceHttp,
  | 'route'
  | 'redirect'
  | 'directResponse'
  | 'rewrite'
  | 'mirrors'
  | 'fault'
  | 'timeout'
  | 'retries'
  | 'corsPolicy'
  | 'headers'
>;

/** What is done to the headers of one direction. */
export type HeaderOperations = NonNullable<NonNullable<HttpAction['headers']>['request']>;

/** The conditions of an http entry beside the path. */
export type HttpConditions = Pick<VirtualServiceHttpMatch, 'method' | 'headers' | 'withoutHeaders' | 'queryParams'>;

/** How a route becomes several entries, each with conditions and a destination of its own, in this order. */
export type Side = {
  /** Behind the route's name. */
  readonly name: string;
  readonly headers: NonNullable<VirtualServiceHttpMatch['headers']>;
  /** Only for requests to this port of the gateway. */
  readonly port?: number;
  readonly route: HttpAction['route'] & object;
};

/** Part of an http entry. */
export type RoutePiece = {
  /** Alternatives for the path. */
  readonly paths?: readonly NonNullable<VirtualServiceHttpMatch['uri']>[];
  readonly conditions?: HttpConditions;
  /** Further conditions, of which one set must hold; at most one row gives any. */
  readonly alternatives?: readonly HttpConditions[];
  readonly action?: HttpAction;
  /** In the place of the one destination list; absent: there is one entry. */
  readonly sides?: readonly Side[];
  /** What is done instead with the path that equals the prefix; the route then becomes two entries. */
  readonly atPrefix?: HttpAction;
};

/**
 * How a request that came over TLS is known: all of them do, none does, all but those to this port of the gateway, or those
 * of which the proxy before the gateway says so.
 */
export type TlsSeen = 'All' | 'None' | 'ByHeader' | { readonly plainPort: number };

/** What a row may know beside its value. */
export type RouteContext = {
  readonly traffic: Traffic;
  readonly platform: Platform;
  readonly route: Route;
  /** Which requests come over TLS. */
  readonly tls: TlsSeen;
  /** Whether forwarded requests carry the name of the route: those that come through a gateway do. */
  readonly isMarked: boolean;
  /** Whether they carry the client's address alone in X-Forwarded-For, because proxies before the gateway are trusted to tell it. */
  readonly tellsClient?: boolean;
};
