/** The dialect of controllers that we know nothing of: what the Ingress API says, and no annotation. */
import { differs, unsupported } from '../../feature-table.ts';
import type { Dialect } from '../dialect.ts';
import { http1Protocols, noConnections, standardEdge, standardPath, standardRoutes } from '../standard-rows.ts';

const otherProvider = 'remove it, or set provider: Istio';
const otherWebsocket =
  'let external.ingressClass name a class whose controller is ingress-nginx, or set provider: Istio';
const known = 'let external.ingressClass name a class whose controller is ingress-nginx';

/** Plain Ingress. */
export const plain: Dialect = {
  name: 'plain',
  title: 'plain Ingress',
  path: standardPath,
  safePath: {
    accepts: (path) => /^\/[A-Za-z0-9/_.~-]*$/.test(path),
    fix: 'use letters, digits and / . _ ~ - only',
  },
  protocols: http1Protocols,
  routes: {
    ...standardRoutes,
    methods: unsupported('an Ingress chooses by host and path, not by method', otherProvider),
    headers: unsupported('an Ingress chooses by host and path, not by header', otherProvider),
    regex: unsupported('an Ingress path is a prefix or exact', otherProvider),
    headersRegex: unsupported('an Ingress chooses by host and path, not by header', otherProvider),
    withoutHeaders: unsupported('an Ingress chooses by host and path, not by header', otherProvider),
    cookies: unsupported('an Ingress chooses by host and path, not by cookie', otherProvider),
    query: unsupported('an Ingress chooses by host and path, not by query', otherProvider),
    weightsManagedBy: unsupported('Argo Rollouts moves the weights of a VirtualService', otherProvider),
    redirect: unsupported('an Ingress path leads to a Service and cannot send the client elsewhere', otherProvider),
    respond: unsupported('an Ingress path leads to a Service and cannot answer by itself', otherProvider),
    unavailable: unsupported(
      'an Ingress cannot answer 503, so the requests of a route that may not be served would fall to another route',
      'correct the backend or remove the route, or set provider: Istio',
    ),
    rewritePrefix: unsupported('an Ingress cannot change the path of a request', `${known}, or remove the rewrite`),
    rewritePath: unsupported('an Ingress cannot change the path of a request', otherProvider),
    rewriteRegex: unsupported('an Ingress cannot change the path of a request', otherProvider),
    rewriteHost: unsupported('an Ingress cannot change the host of a request', otherProvider),
    requestHeaders: unsupported('an Ingress cannot change headers', otherProvider),
    responseHeaders: unsupported('an Ingress cannot change headers', otherProvider),
    auth: unsupported('an Ingress looks at no token and asks nobody', otherProvider),
    cors: unsupported('an Ingress says nothing of other origins', otherProvider),
    mirror: unsupported('an Ingress path leads to one Service, and none gets copies', otherProvider),
    sticky: unsupported('an Ingress path leads to one Service, so there is no side to keep', otherProvider),
    fault: unsupported('an Ingress makes nothing fail on purpose', otherProvider),
    rateLimit: unsupported('an Ingress counts no requests', otherProvider),
    timeout: unsupported('an Ingress has no timeouts', otherProvider),
    websocket: unsupported('whether a websocket passes through is for the controller to say', otherWebsocket),
    retries: unsupported('an Ingress has no retries', otherProvider),
  },
  connections: noConnections('an Ingress says nothing of connections to pods', otherProvider),
  edge: {
    ...standardEdge,
    httpsRedirect: unsupported(
      'whether plain http is redirected to https depends on the controller, and it is not known',
      `set httpsRedirect: false, or ${known}`,
    ),
    escapedPath: differs(
      {
        how: 'whether escapes and double slashes stay as they are is for the controller to say',
        effect: { comparedPath: 'Unknown' },
      },
      'Ingress spec.rules[].http.paths[].path',
      () => ({}),
    ),
    websocketUnasked: differs(
      {
        how: 'whether a websocket passes through is for the controller to say',
        effect: { websockets: 'Unknown' },
      },
      'Ingress spec.rules[].http.paths[].path',
      () => ({}),
    ),
    maxBodySize: unsupported('an Ingress says nothing of bodies', `${known}, or set provider: Istio`),
    rateLimit: unsupported('an Ingress counts no requests', otherProvider),
    bodyUnlimited: differs(
      { how: 'how large a body may be is for the controller to say', effect: { unlimitedBody: 'Unknown' } },
      'Ingress spec.rules[].http.paths[].path',
      () => ({}),
    ),
    plainHttp: differs(
      {
        how: 'plain http may still be redirected to https: that is for the controller to say',
        effect: { plainHttp: 'Unknown' },
      },
      'Ingress spec.tls[]',
      () => ({}),
    ),
  },
};
