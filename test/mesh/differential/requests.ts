/** Requests aimed at the boundaries of a world: one that each route takes, and every way of just missing it. */
import type { Caller, Header, HttpRequest } from '../../../src/decide/request.ts';
import { isWildcard } from '../../../src/model/host.ts';
import type { Identity } from '../../../src/model/identity.ts';
import { endsTls, isHttp, speaksHttp2 } from '../../../src/model/port.ts';
import type { Port } from '../../../src/model/port.ts';
import { distinctHosts } from '../../../src/model/routes-for-host.ts';
import type { Route } from '../../../src/model/route.ts';
import { servesTls } from '../../../src/model/tls-served.ts';
import type { AllowEntry, AppRef, External, Traffic } from '../../../src/model/traffic.ts';
import { conditionsAround, sampleConditions } from './conditions-around.ts';
import { comingIn } from './entries.ts';
import { appNamespaces, meshCallers } from './ground.ts';
import { originsOf } from './origins-around.ts';
import { authoritiesAround, pathsAround } from './places-around.ts';
import { sampleOfRegex } from './regexes.ts';
import type { Prepared } from './world.ts';

/** One request, who sends it and where to. */
export type Pair = {
  readonly request: HttpRequest;
  readonly caller: Caller;
  /**
   * `gateway`: from outside. Else the Service that is called from inside the mesh, on one of its ports. `nowhere`: a name
   * or port that no client gets a connection to; there is nothing to compare.
   */
  readonly to: 'gateway' | 'nowhere' | { readonly app: AppRef; readonly service: string; readonly port: number };
};

/** How many requests of one world CI sends. */
export const ciPairs = 60;

/** Requests of a world, each once; those from outside first. Where there are more than `most`, so many are taken evenly. */
export function pairsOf(prepared: Pick<Prepared, 'asked' | 'served' | 'world'>, most = ciPairs): readonly Pair[] {
  if (prepared.world.pairs !== undefined) return prepared.world.pairs;
  const all = allPairsOf(prepared);
  const step = Math.max(1, all.length / most);
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** All requests of a world, each once. */
function allPairsOf({ asked, served }: Pick<Prepared, 'asked' | 'served'>): readonly Pair[] {
  const calling = callingIn(asked);
  const all = asked.flatMap((traffic) => [
    ...comingIn(outsidePairs(traffic, served.platform), traffic),
    ...insidePairs(traffic),
    ...calling.flatMap((caller) => callsTo(traffic, caller)),
  ]);
  return [...new Map(all.map((pair) => [JSON.stringify(pair), pair])).values()];
}

const tlsVersions: readonly Pick<HttpRequest, 'tlsVersion'>[] = [{ tlsVersion: '1.2' }, { tlsVersion: '1.3' }];
/** One that no server knows. */
const unknownMethod = 'BREW';

const probedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'PURGE', unknownMethod];

// --- From outside.

type Target = Pick<HttpRequest, 'scheme' | 'authority' | 'path' | 'method' | 'headers' | 'bodyBytes'> & {
  readonly query?: string;
};

const get = (pair: Omit<Pair, 'request'>, over: Target, query = ''): Pair => ({
  ...pair,
  request: { ...over, query: over.query ?? query },
});

function outsidePairs({ app, external }: Traffic, platform: Prepared['served']['platform']): readonly Pair[] {
  if (external === undefined) return [];
  const names = distinctHosts(
    external.hosts.map(({ value }) => value),
    external.routes,
  );
  const schemes = servesTls(external, platform) ? (['http', 'https'] as const) : (['http'] as const);
  const from = { caller: undefined, to: 'gateway' } as const;
  const atHosts = names.flatMap((host) =>
    authoritiesAround(host).flatMap((authority) =>
      // A name with an empty label is none that TLS could be asked for.
      (authority.startsWith('.') ? (['http'] as const) : schemes).map((scheme) =>
        get(from, { scheme, authority, path: '/a', method: 'GET', headers: [] }, '?x=/'),
      ),
    ),
  );
  const atRoutes = external.routes.flatMap((route, i) => {
    const scheme = schemes[i % schemes.length] ?? 'http';
    const authority = hostFor(route, external);
    const at = { scheme: schemes.at(-1) ?? 'http', authority };
    const around = aroundRoute(route, at).flatMap((over, which) =>
      which === 0 ? [over, ...withBodies(over, external)] : [over],
    );
    // A redirect keeps or replaces the port that the request names.
    const withPorts = around
      .slice(0, 1)
      .flatMap((base) => [80, 443, 8080].map((port) => ({ ...base, authority: `${authority}:${port}` })));
    return [...withPorts, ...around].map((over) =>
      get(from, { ...over, scheme: over.path.length % 5 === 0 ? scheme : over.scheme }),
    );
  });
  const forged = { name: 'x-apptraffic-route', value: `${app.namespace}/other/forged` };
  const [host = ''] = names;
  const forging = get(from, {
    scheme: schemes.at(-1) ?? 'http',
    authority: sampleOf(host),
    path: '/',
    method: 'GET',
    headers: [forged],
  });
  const secure = (more: Partial<HttpRequest>): Pair => ({
    ...forging,
    request: { ...forging.request, scheme: 'https', ...more },
  });
  // Where no TLS is served, one request shows that nobody answers it.
  const withBody: Pair = { ...forging, request: { ...forging.request, method: 'POST', bodyBytes: 100 } };
  const asked = [...atHosts, ...atRoutes, forging, withBody, ...[{}, ...tlsVersions].map(secure)];
  const all = external.clientCa === undefined ? asked : [...asked.map(showing), secure({}), secure(otherCertificate)];
  // What pods that end TLS themselves make of a method that nobody knows is their own affair.
  return external.passthrough === undefined ? all : all.filter(({ request: { method } }) => method !== 'BREW');
}

const otherCertificate: Pick<HttpRequest, 'clientCertificate'> = { clientCertificate: 'Other' };

/** The request of a client that shows the certificate that it is asked for. */
function showing({ request, ...pair }: Pair): Pair {
  return { ...pair, request: request.scheme === 'http' ? request : { ...request, clientCertificate: 'Trusted' } };
}

/** The request with a body of the largest size, and with one byte more. */
function withBodies(over: Target, { maxBodyBytes }: External): readonly Target[] {
  if (maxBodyBytes === undefined) return [];
  const bodyBytes = maxBodyBytes.value + 1;
  return [
    { ...over, bodyBytes: maxBodyBytes.value },
    { ...over, bodyBytes },
    { ...over, method: 'POST', bodyBytes },
  ];
}

/** A name that the host stands for. */
function sampleOf(host: string): string {
  return isWildcard(host) ? `one${host.slice(1)}` : host;
}

function hostFor({ features: { host } }: Route, { hosts }: External): string {
  return sampleOf(host?.value ?? hosts[0]?.value ?? '');
}

/** Headers that the client and the pod send under the names that the route edits, where no condition is on them. */
function sentToBeEdited({
  headers,
  headersRegex,
  withoutHeaders,
  requestHeaders,
  responseHeaders,
}: Route['features']): readonly Header[] {
  const namesOf = (edits: typeof requestHeaders): readonly string[] =>
    [...(edits?.value.set ?? []), ...(edits?.value.add ?? [])]
      .map(({ name }) => name)
      .concat(edits?.value.remove ?? []);
  const valued = [...(headers?.value ?? []), ...(headersRegex?.value ?? [])].map(({ name }) => name);
  const conditions = [...valued, ...(withoutHeaders?.value ?? [])];
  return [
    ...namesOf(requestHeaders)
      .filter((name) => !conditions.includes(name))
      .map((name) => ({ name, value: 'sent' })),
    ...namesOf(responseHeaders).map((name) => ({ name: 'x-echo-header', value: `${name}: app` })),
  ];
}

/** A request that the route takes, and those that differ from it in one dimension. */
function aroundRoute(route: Route, at: Pick<HttpRequest, 'scheme' | 'authority'>, isOutside = true): readonly Target[] {
  const { features } = route;
  const { exact, prefix, regex, methods } = features;
  const like = regex === undefined ? undefined : sampleOfRegex(regex.value).replaceAll(' ', '%20');
  const path = exact?.value ?? like ?? prefix?.value ?? '/';
  const sent = sentToBeEdited(features);
  const conditions = sampleConditions(features);
  const base: Target = {
    ...at,
    path,
    method: methods?.value[0] ?? 'GET',
    ...conditions,
    headers: [...conditions.headers, ...sent],
  };
  return [
    base,
    ...[...pathsAround(path), ...pathsOfRewrite(features, path)].map((one) => ({ ...base, path: one })),
    ...[...new Set([...probedMethods, ...(methods?.value ?? [])])].map((method) => ({ ...base, method })),
    ...conditionsAround(features).map((one) => ({
      ...base,
      ...one,
      headers: [...(one.headers ?? conditions.headers), ...sent],
    })),
    ...protocolsFor(route, base.method).map((protocol) => ({
      ...base,
      headers: [...base.headers, ...upgradeTo(protocol)],
    })),
    ...originsOf(features, isOutside).map(({ headers, ...one }) => ({
      ...base,
      ...one,
      headers: [...base.headers, ...headers],
    })),
  ].filter(({ method }) => method !== 'CONNECT');
}

/** A websocket is opened by GET. Over HTTP/2 it breaks a connection that other requests share, so none is sent there. */
function protocolsFor({ port }: Pick<Route, 'port'>, method: string): readonly string[] {
  return [...(method === 'GET' && !speaksHttp2(port) ? ['websocket'] : []), 'raw', 'h2c'];
}

/** What asks for another protocol; Envoy lets a websocket through, takes h2c out and refuses the rest. */
function upgradeTo(protocol: string): readonly Header[] {
  return [
    { name: 'connection', value: 'Upgrade' },
    { name: 'upgrade', value: protocol },
    { name: 'sec-websocket-key', value: 'dGhlIHNhbXBsZSBub25jZQ==' },
  ];
}

/** Paths that the route rewrites by its expression, where its own condition lets them through, and what comes of parts of them. */
function pathsOfRewrite({ rewriteRegex, exact }: Route['features'], path: string): readonly string[] {
  if (rewriteRegex === undefined || exact !== undefined) return [];
  const like = sampleOfRegex(rewriteRegex.value.match).replaceAll(' ', '%20');
  const below = path.endsWith('/') ? path : `${path}/`;
  return [like, `${like}/x/..;y`, `${below}ab`, `${below}abc/b//c`, `${below}a/%2F..%2F/c`];
}

// --- From inside the mesh.

function insidePairs(traffic: Traffic): readonly Pair[] {
  const { app, service, ports, internal, external } = traffic;
  if (!appNamespaces.some((one) => one === app.namespace)) return [];
  const nowhere = [
    `${service.name}.${app.namespace}:99`,
    `${service.name}.${app.namespace}`,
    service.name,
    `${service.name}.nobody.svc`,
    'nobody.blue.svc.cluster.local',
  ];
  const lost = nowhere.flatMap((authority) =>
    [meshCallers[0], undefined].flatMap((caller) =>
      (['http', 'https'] as const).map((scheme) =>
        get({ caller, to: 'nowhere' }, { scheme, authority, path: '/a', method: 'GET', headers: [] }),
      ),
    ),
  );
  // The clients inside speak no TLS, and DNS leads them past the mesh to the name behind an ExternalName.
  const plain = service.type === 'ExternalName' ? [] : ports.filter((port) => !endsTls(port));
  const called = plain.flatMap((port) => {
    const to = { app, service: service.name, port: port.port };
    const authority = `${service.name}.${app.namespace}:${port.port}`;
    const at = { scheme: 'http', authority } as const;
    const [first] = meshCallers;
    const base: Target = { ...at, path: '/a', method: 'GET', headers: [] };
    // Without a sidecar nobody translates the HTTP/1.1 of the clients.
    const isHttp2 = speaksHttp2(port);
    const everybody: readonly Caller[] = [...meshCallers, ...(isHttp2 ? [] : [undefined])];
    const callers = everybody.map((caller) => get({ caller, to }, base));
    const names = isHttp(port)
      ? namesOf(traffic, port.port).map((name) => get({ caller: first, to }, { ...base, authority: name }))
      : [];
    const bodies = unlimited(external, port).map((bodyBytes) => get({ caller: first, to }, { ...base, bodyBytes }));
    const routes = (isHttp(port) ? (internal?.routes ?? []) : []).flatMap((route) =>
      aroundRoute(route, at, false).map((over) => get({ caller: first, to }, over)),
    );
    // On a port that no proxy looks into the pod's own server refuses a method that it does not know.
    const entries = (internal?.allow?.value ?? [])
      .flatMap(aroundEntry)
      .filter(({ method }) => isHttp(port) || method !== unknownMethod)
      .flatMap((over) => everybody.map((caller) => get({ caller, to }, { ...base, ...over })));
    return [...callers, ...names, ...bodies, ...routes, ...entries];
  });
  const mine = { caller: { namespace: app.namespace, serviceAccount: 'api' }, to: 'nowhere' } as const;
  const byShortName = get(mine, {
    scheme: 'https',
    authority: `${service.name}:80`,
    path: '/a',
    method: 'GET',
    headers: [],
  });
  return [...called, ...lost, byShortName];
}

/** Who the pods of apps with a list of calls are. */
export function callingIn(asked: readonly Traffic[]): readonly Identity[] {
  return asked.flatMap(({ app: { namespace }, serviceAccount, internal }) =>
    internal?.calls === undefined ? [] : [{ namespace, serviceAccount }],
  );
}

/** Requests of pods with a list of calls: under every name, and those that no proxy takes. */
function callsTo(traffic: Traffic, caller: Identity): readonly Pair[] {
  const { app, service, ports, internal } = traffic;
  if (service.type === 'ExternalName') return [];
  return ports
    .filter((port) => !endsTls(port))
    .flatMap((port) => {
      const to = { app, service: service.name, port: port.port };
      const at = { scheme: 'http', authority: `${service.name}.${app.namespace}:${port.port}` } as const;
      const base: Target = { ...at, path: '/a', method: 'GET', headers: [] };
      const [route] = isHttp(port) ? (internal?.routes ?? []) : [];
      return [
        base,
        ...(isHttp(port) ? namesOf(traffic, port.port).map((authority) => ({ ...base, authority })) : []),
        ...(isHttp(port)
          ? [
              { ...base, method: unknownMethod },
              { ...base, path: '/a%00b' },
            ]
          : []),
        ...(isHttp(port) ? [{ ...base, headers: upgradeTo('raw') }] : []),
        ...(route === undefined ? [] : aroundRoute(route, at, false)),
      ].map((over) => get({ caller, to }, over));
    });
}

/** Bodies above the limit of requests from outside: it is none for callers inside the mesh. */
function unlimited(external: Traffic['external'], port: Port): readonly number[] {
  const limit = external?.maxBodyBytes;
  return limit === undefined || !isHttp(port) ? [] : [limit.value + 1];
}

/** The names under which callers of the first caller's namespace and others know a Service. */
function namesOf({ app, service }: Traffic, port: number): readonly string[] {
  const name = `${service.name}.${app.namespace}`;
  const names = [name, `${name}.svc`, `${name}.svc.cluster.local`, name.toUpperCase(), `${name}.svc.cluster.local.`];
  return [...names.map((one) => `${one}:${port}`), ...(port === 80 ? names : [])];
}

/** Methods and paths around an entry of `allow`. */
function aroundEntry({ methods, paths }: AllowEntry): readonly Pick<Target, 'path' | 'method'>[] {
  const wanted = (paths ?? ['/a']).map((path) => (path.endsWith('/*') ? path.slice(0, -2) || '/' : path));
  const [method = 'GET'] = methods ?? [];
  const [path = '/'] = wanted;
  return [
    ...wanted.flatMap((one) =>
      paths === undefined
        ? [{ path: one, method }]
        : [
            one,
            `${one}x`,
            `${one}/`,
            `${one}/x`,
            `${one}/..`,
            `/x/..${one}`,
            `${one}//x`,
            `${one}%2Fx`,
            one.toUpperCase(),
          ].map((each) => ({ path: each, method })),
    ),
    ...['GET', 'HEAD', 'POST', 'PUT', unknownMethod].map((each) => ({ path, method: each })),
  ];
}
