/** The dialect of ingress-nginx (kubernetes/ingress-nginx v1.15.1, docs/user-guide/nginx-configuration/annotations.md). */
import { differs, exact, unsupported } from '../../feature-table.ts';
import type { Dialect, PathMatch, RouteContext, RoutePiece, WrittenPath } from '../dialect.ts';
import { http1Protocols, noConnections, standardEdge, standardPath, standardRoutes } from '../standard-rows.ts';

const annotation = (name: string): string => `nginx.ingress.kubernetes.io/${name}`;
const useRegex = { [annotation('use-regex')]: 'true' };
const redirect = (value: 'true' | 'false') => () => ({ annotations: { [annotation('ssl-redirect')]: value } });
const notRendered = 'no annotation is written for it';
const countsClients =
  'its limit-rpm and limit-rps count each client address by itself, so many clients together get past any limit';
const otherProvider = 'remove it, or set provider: Istio';

/** ingress-nginx, and what reads its annotations. */
export const ingressNginx: Dialect = {
  name: 'ingress-nginx',
  title: 'ingress-nginx',
  controller: 'k8s.io/ingress-nginx',
  path: standardPath,
  regexHosts: { annotations: useRegex, path: regexPath },
  safePath: {
    // strict-validate-path-type takes no tilde; the deep inspection drops an Ingress with these words in a path
    // (internal/ingress/inspector/rules.go).
    accepts: (path) =>
      /^\/[A-Za-z0-9/_.-]*$/.test(path) &&
      !/_by_lua|\/var\/run\/secrets|\/etc\/(?:passwd|shadow|group|nginx|ingress-controller)/.test(path),
    fix: 'use letters, digits and / . _ - only, and no path that the controller takes for an attack (/etc/nginx, _by_lua …)',
  },
  protocols: http1Protocols,
  routes: {
    ...standardRoutes,
    exact: exact('Ingress spec.rules[].http.paths[].path (Exact)', exactPath),
    methods: unsupported('it chooses by host and path, not by method', otherProvider),
    headers: unsupported('it chooses by host and path, not by header', otherProvider),
    regex: unsupported('its regular expressions hold for all paths of the host, without regard to case', otherProvider),
    headersRegex: unsupported('it chooses by host and path, not by header', otherProvider),
    withoutHeaders: unsupported('it chooses by host and path, not by header', otherProvider),
    cookies: unsupported('it chooses by host and path, not by cookie', otherProvider),
    query: unsupported('it chooses by host and path, not by query', otherProvider),
    redirect: unsupported(notRendered, otherProvider),
    respond: unsupported('only its snippets could answer without a backend, and none is ever written', otherProvider),
    unavailable: unsupported(
      'it cannot answer 503 by itself, so the requests of a route that may not be served would fall to another route',
      'correct the backend or remove the route, or set provider: Istio',
    ),
    rewritePrefix: differs(
      {
        how: 'a rewrite makes all paths of its hosts regular expressions, which match without regard to case',
        effect: { pathCase: 'IgnoredBesideRewrites' },
      },
      'Ingress metadata.annotations[nginx.ingress.kubernetes.io/rewrite-target]',
      (replacement, { route }) => ({
        captures: true,
        annotations: {
          ...useRegex,
          [annotation('rewrite-target')]: rewriteTarget(route.features.prefix?.value ?? '/', replacement),
        },
      }),
    ),
    rewritePath: unsupported(notRendered, otherProvider),
    rewriteRegex: unsupported(notRendered, otherProvider),
    rewriteHost: unsupported(notRendered, otherProvider),
    requestHeaders: unsupported('only its ConfigMap sets request headers, for all apps alike', otherProvider),
    responseHeaders: unsupported(
      'its custom-headers need a ConfigMap of their own and the names on a list of the controller',
      otherProvider,
    ),
    auth: unsupported('it looks at no token, and asks a URL that anybody could name', otherProvider),
    cors: unsupported('it answers every OPTIONS request by itself, not only preflights', otherProvider),
    mirror: unsupported(notRendered, otherProvider),
    weightsManagedBy: unsupported('Argo Rollouts moves the weights of a VirtualService', otherProvider),
    sticky: unsupported('a path leads to one Service, so there is no side to keep', otherProvider),
    fault: unsupported('it makes nothing fail on purpose', otherProvider),
    rateLimit: unsupported(countsClients, otherProvider),
    timeout: unsupported('its timeouts are those between two reads, and none covers all tries', otherProvider),
    websocket: differs(
      {
        how: 'a websocket over which nothing comes for an hour is closed, and an answer of the route may keep silent as long',
      },
      'Ingress metadata.annotations[nginx.ingress.kubernetes.io/proxy-read-timeout, proxy-send-timeout]',
      () => ({
        annotations: { [annotation('proxy-read-timeout')]: '3600', [annotation('proxy-send-timeout')]: '3600' },
      }),
    ),
    retries: unsupported(notRendered, otherProvider),
  },
  connections: noConnections(notRendered, otherProvider),
  edge: {
    ...standardEdge,
    // Seen on nginx 1.22: /a%2Fx is compared as /a/x, /a//x as /a/x, and a rewrite ends the path at an escaped newline.
    escapedPath: differs(
      {
        how: 'escapes are decoded and double slashes joined before paths are compared, and the pods get a path that is not rewritten as it was sent',
        effect: { comparedPath: 'Decoded', backendPath: 'AsSent' },
      },
      'Ingress spec.rules[].http.paths[].path',
      () => ({}),
    ),
    // nginx looks at content-length as soon as it has found a location (ngx_http_core_find_config_phase); the redirect to
    // https comes after that.
    maxBodySize: differs(
      {
        how: 'a body that is too large is answered with 413 before anything else, also where the answer would be a redirect',
        effect: { largeBody: 'First' },
      },
      'Ingress metadata.annotations[nginx.ingress.kubernetes.io/proxy-body-size]',
      (bytes) => ({ annotations: { [annotation('proxy-body-size')]: String(bytes) } }),
    ),
    rateLimit: unsupported(countsClients, otherProvider),
    bodyUnlimited: differs(
      {
        how: 'a body above 1 MiB is answered with 413 where its ConfigMap says nothing else',
        effect: { unlimitedBody: 'Unknown' },
      },
      'Ingress spec.rules[].http.paths[].path',
      () => ({}),
    ),
    // It passes them on by itself, and closes one over which nothing came for its 60 seconds between two reads.
    websocketUnasked: exact('Ingress spec.rules[].http.paths[].path', () => ({})),
    httpsRedirect: exact('Ingress metadata.annotations[nginx.ingress.kubernetes.io/ssl-redirect]', redirect('true')),
    plainHttp: exact('Ingress metadata.annotations[nginx.ingress.kubernetes.io/ssl-redirect]', redirect('false')),
  },
};

/** nginx answers /b with 301 to /b/ where a location that passes requests on is called /b/ and none /b (proxy_pass). */
function exactPath(path: string, { route }: RouteContext): RoutePiece {
  const match: PathMatch = { kind: 'Exact', path };
  if (path === '/' || !path.endsWith('/')) return { match };
  const at = route.features.exact?.at ?? route.at;
  const bare = path.slice(0, -1);
  const why = `a request for ${bare} is answered with a redirect to ${path} where no route has the path ${bare}`;
  const fix = `give ${bare} a route, or use match.prefix`;
  return { match, differences: [{ at, why, fix, effect: { missingSlash: 'Redirect301' } }] };
}

/**
 * What of the endings below is longer comes first: nginx takes the first expression that matches, and the controller
 * sorts them by length (internal/ingress/controller/controller.go, getBackendServers). So an exact path ends longer than
 * any prefix, and the two kinds of prefixes end equally long: then only the path itself decides, a longer prefix first.
 * The two differ in text, because the admission webhook lets no two Ingresses have the same path on one host, and a
 * route that gains or loses its rewrite moves from one to the other.
 */
const endings = {
  exact: '($)($)($)($)',
  prefix: { plain: '($|/)(.*)', captured: '(/|$)(.*)' },
  root: { plain: '(.*)', captured: '()(.*)' },
};

/** The controller puts `^` before the expression and matches without regard to case (template.go, buildLocation). */
function regexPath({ kind, path }: PathMatch, captures: boolean): WrittenPath {
  const literal = path.replaceAll('.', '[.]');
  const form = captures ? 'captured' : 'plain';
  const prefix = path === '/' ? endings.root[form] : endings.prefix[form];
  return { path: `${literal}${kind === 'Exact' ? endings.exact : prefix}`, pathType: 'ImplementationSpecific' };
}

/** /api → /v1 gives /v1, /v1/ and /v1/x; → / gives / and /x: $1 is the slash after the prefix, $2 what follows it. */
function rewriteTarget(prefix: string, replacement: string): string {
  const head = replacement.replace(/\/$/, '');
  return prefix === '/' || head === '' ? `${head}/$2` : `${head}$1$2`;
}
