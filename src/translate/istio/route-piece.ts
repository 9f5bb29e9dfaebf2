/** What a row of Istio's feature table builds: a part of one route's http entry. */
import type { VirtualServiceHttp, VirtualServiceHttpMatch } from '../../generated/istio/virtual-service.ts';
import type { Platform } from '../../model/platform.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';

/** What an http entry does with a request. */
export type HttpAction = Pick<
  VirtualServiceHttp,
  'route' | 'redirect' | 'directResponse' | 'rewrite' | 'mirrors' | 'fault' | 'timeout' | 'retries' | 'headers'
>;

/** What is done to the headers of one direction. */
export type HeaderOperations = NonNullable<NonNullable<HttpAction['headers']>['request']>;

/** The conditions of an http entry beside the path. */
export type HttpConditions = Pick<VirtualServiceHttpMatch, 'method' | 'headers' | 'withoutHeaders' | 'queryParams'>;

/** Part of an http entry. */
export type RoutePiece = {
  /** Alternatives for the path. */
  readonly paths?: readonly NonNullable<VirtualServiceHttpMatch['uri']>[];
  readonly conditions?: HttpConditions;
  readonly action?: HttpAction;
  /** What is done instead with the path that equals the prefix; the route then becomes two entries. */
  readonly atPrefix?: HttpAction;
};

/** What a row may know beside its value. */
export type RouteContext = {
  readonly traffic: Traffic;
  readonly platform: Platform;
  readonly route: Route;
  /** Whether forwarded requests carry the name of the route: those that come through a gateway do. */
  readonly isMarked: boolean;
};
