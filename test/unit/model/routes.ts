/** Routes for tests: a short way to write one, and generators of small ones that collide often. */
import * as fc from 'fast-check';
import type { Method, PairCondition, Route, RouteFeatures } from '../../../src/model/route.ts';

/** The features of a test route that matter to a test, as plain values. */
export type Sketch = {
  readonly name?: string;
  readonly position?: number;
  readonly host?: string;
  readonly prefix?: string;
  readonly exact?: string;
  readonly regex?: string;
  readonly methods?: readonly Method[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly withoutHeaders?: readonly string[];
  readonly cookies?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Name of the cookie by which visitors keep their backend. */
  readonly sticky?: string;
};

type Pairs = Readonly<Record<string, string>>;

const pairs = (map: Pairs | undefined): readonly PairCondition[] | undefined =>
  map && Object.entries(map).map(([name, value]) => ({ name, value }));

/** The features that have a value. */
function featuresAt(at: string, values: Readonly<Record<string, unknown>>): RouteFeatures {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, { value, at: `${at}.${name}` }]));
}

/** A route to the app itself; without a path it matches prefix `/`. */
export function sketch({ name = 'web', position = 0, sticky, ...match }: Sketch): Route {
  const at = `spec.external.routes[${position}]`;
  const { prefix = '/', exact, regex, headers, cookies, query, ...others } = match;
  const features: RouteFeatures = {
    ...featuresAt(`${at}.match`, {
      ...others,
      ...(exact === undefined && regex === undefined ? { prefix } : { exact, regex }),
      headers: pairs(headers),
      cookies: pairs(cookies),
      query: pairs(query),
    }),
    ...featuresAt(at, { sticky: sticky && { cookie: sticky } }),
    forward: { value: [{ backend: { kind: 'App', name: 'app' }, weight: 100 }], at: 'spec' },
  };
  const port = { name: 'http', port: 80, targetPort: 8080, protocol: 'http', at: 'spec.port' } as const;
  return { name, at, position, port, features };
}

const paths = ['/', '/a', '/a/b', '/ab', '/b', '/a/'];

/** A small request; header values are all values that the header carries. */
export type Request = {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** First value by name. */
  readonly query: Readonly<Record<string, string>>;
};

/** Sketches of a few hosts, paths, methods and headers, so that two of them often meet. */
export const anySketch: fc.Arbitrary<Sketch> = fc
  .record(
    {
      host: fc.constantFrom('a.x', '*.x', 'b.a.x', '*.a.x'),
      path: fc.tuple(fc.constantFrom('exact', 'prefix'), fc.constantFrom(...paths)),
      methods: fc.subarray<Method>(['GET', 'HEAD', 'POST'], { minLength: 1 }),
      headers: fc.dictionary(fc.constantFrom('h', 'k'), fc.constantFrom('1', '2'), { minKeys: 1, maxKeys: 2 }),
      withoutHeaders: fc.constantFrom(['h'], ['k']),
      query: fc.constantFrom({ q: '1' }, { q: '2' }),
    },
    { requiredKeys: [] },
  )
  .map(({ path, withoutHeaders, ...others }) => {
    const isSound = withoutHeaders?.some((name) => others.headers?.[name] !== undefined) === false;
    const rest = isSound ? { ...others, withoutHeaders } : others;
    if (path === undefined) return rest;
    const [kind, value] = path;
    if (kind === 'exact') return { ...rest, exact: value };
    return { ...rest, prefix: value === '/a/' ? '/a' : value };
  });

function allRequests(): readonly Request[] {
  const values = [[], ['1'], ['2'], ['1', '2']];
  return ['z', 'a.x', 'c.x', 'b.a.x', 'c.a.x', 'c.b.a.x'].flatMap((host) =>
    ['/', '/a', '/a/', '/a/b', '/a/b/c', '/a/c', '/ab', '/ab/c', '/b', '/b/c', '/c'].flatMap((path) =>
      ['GET', 'HEAD', 'POST', 'PURGE'].flatMap((method) =>
        values.flatMap((h) =>
          values.flatMap((k) =>
            [{}, { q: '1' }, { q: '2' }].map((query) => ({ host, path, method, headers: { h, k }, query })),
          ),
        ),
      ),
    ),
  );
}

/** Every request that can tell two sketched routes apart. */
export const requests: readonly Request[] = allRequests();

/** What api.md §3 says of one route and one request, written without the code under test. */
export function matches({ features }: Route, request: Request): boolean {
  const { host, methods } = features;
  const named = host?.value ?? request.host;
  const isHost = named.startsWith('*.') ? request.host.endsWith(named.slice(1)) : request.host === named;
  return (
    isHost &&
    matchesPath(features, request.path) &&
    (methods === undefined || methods.value.some((method) => method === request.method)) &&
    matchesOthers(features, request)
  );
}

function matchesOthers({ headers, withoutHeaders, query }: RouteFeatures, request: Request): boolean {
  return (
    (headers?.value ?? []).every(({ name, value }) => request.headers[name]?.includes(value) === true) &&
    (withoutHeaders?.value ?? []).every((name) => request.headers[name]?.length === 0) &&
    (query?.value ?? []).every(({ name, value }) => request.query[name] === value)
  );
}

function matchesPath({ prefix, exact }: RouteFeatures, path: string): boolean {
  if (exact !== undefined) return exact.value === path;
  const segments = (text: string): readonly string[] => text.split('/').filter((part) => part !== '');
  return segments(prefix?.value ?? '/').every((part, i) => segments(path)[i] === part);
}
