/** Approaches: how a request comes to the routes of one app that holds its host, as the app's provider has it. */
import type { Profile } from '../model/profile.ts';
import type { Route } from '../model/route.ts';
import { routesForHost } from '../model/routes-for-host.ts';
import { bodyBytesOf } from './body-limit.ts';
import type { Passage } from './passage.ts';
import type { RouteList } from './choose-route.ts';
import { askedMethod } from './cors.ts';
import type { Holder } from './held-host.ts';
import { noteOf } from './note.ts';
import type { HttpRequest } from './request.ts';
import { upgradeOf } from './upgrade.ts';
import { decodedPath, normalizedPath, reencodedPath } from './request-path.ts';

/** A request before the routes of one app. */
export type Approach = {
  readonly holder: Holder;
  /** The routes that the request's host reaches. */
  readonly reachable: readonly Route[];
  readonly list: RouteList;
  readonly path: Passage['path'];
  readonly sent: Passage['sent'];
  /** Differences that touch this request; sentences. */
  readonly notes: readonly string[];
};

/** The approach to one holder of `host`; undefined: the provider answers 400 to such a path. */
export function approach(holder: Holder, host: string, request: HttpRequest): Approach | undefined {
  const { traffic, profile, external } = holder;
  if (isHidden(holder, request)) return hiddenApproach(holder, host, request);
  const isDecoded = profile.comparedPath === 'Decoded';
  const normalized = normalizedPath(request.path);
  const compared = isDecoded ? decodedPath(request.path) : normalized;
  if (compared === undefined || normalized === undefined) return undefined;
  const reachable = routesForHost(external.routes, host);
  const isCaseFree = profile.pathCase === 'IgnoredBesideRewrites' && reachable.some(replacesPrefix);
  const { headers, query } = request;
  // For a preflight the method asked for is compared (api.md §3): it reaches the route of the request itself.
  const method = askedMethod(request) ?? request.method;
  const seen = { heldHost: host, path: compared, isCaseFree, method, headers, query };
  return {
    holder,
    reachable,
    list: { app: traffic.app, routes: external.routes, seen },
    path: { compared, forwarded: profile.backendPath === 'AsSent' ? request.path : normalized },
    sent: isDecoded ? reencodedPath : (path) => path,
    notes: touched(profile, {
      comparedPath: isDecoded ? compared !== normalized : /%|\/\//.test(request.path),
      pathCase: isCaseFree && /[A-Z]/.test(compared),
      websockets: upgradeOf(headers) === 'websocket',
      unlimitedBody: bodyBytesOf(request) > 0 && external.maxBodyBytes === undefined,
    }),
  };
}

/** Whether TLS ends at the pods, so that nobody before them sees the request. */
export function isHidden({ external }: Holder, { scheme }: Pick<HttpRequest, 'scheme'>): boolean {
  return scheme === 'https' && external.passthrough !== undefined;
}

/** Only the host counts, and the pods get the request as it was sent. */
function hiddenApproach(holder: Holder, host: string, request: HttpRequest): Approach {
  const { path, method, headers, query } = request;
  const { traffic, external } = holder;
  return {
    holder,
    reachable: routesForHost(external.routes, host),
    list: {
      app: traffic.app,
      routes: external.routes,
      seen: { heldHost: host, path, isCaseFree: false, method, headers, query },
    },
    path: { compared: path, forwarded: path },
    sent: (one) => one,
    notes: [],
  };
}

type Touching = 'comparedPath' | 'pathCase' | 'websockets' | 'unlimitedBody';

/** The differences of the provider that can change what this request gets. */
function touched(
  profile: Profile,
  { comparedPath, pathCase, websockets, unlimitedBody }: { readonly [B in Touching]: boolean },
): readonly string[] {
  return [
    ...(comparedPath && profile.comparedPath !== 'Normalized' ? [noteOf(profile, 'comparedPath')] : []),
    ...(pathCase ? [noteOf(profile, 'pathCase')] : []),
    ...(websockets && profile.websockets === 'Unknown' ? [noteOf(profile, 'websockets')] : []),
    ...(unlimitedBody && profile.unlimitedBody === 'Unknown' ? [noteOf(profile, 'unlimitedBody')] : []),
  ];
}

/** A prefix that is replaced by itself changes no path. */
function replacesPrefix({ features: { rewritePrefix, prefix } }: Route): boolean {
  return rewritePrefix !== undefined && rewritePrefix.value !== prefix?.value;
}
