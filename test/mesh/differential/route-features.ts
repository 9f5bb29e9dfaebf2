/** Features of routes: one row for each field, with values that meet and collide. A new field is a new row. */
import * as fc from 'fast-check';
import type { Route } from '../../../src/api/v1alpha1/route.ts';
import { anyRegex } from './regexes.ts';

/** What a route can be drawn from. */
export type RouteScope = {
  /** `/`, or the segment below which all paths of the app are: then it shares its hosts. */
  readonly root: string;
  /** Hosts for `match.host`; empty inside the mesh. */
  readonly hosts: readonly string[];
  /** Names of backends, `app` among them. */
  readonly backends: readonly string[];
  /** Names of http ports. */
  readonly ports: readonly string[];
  /** Whether the routes are those of `external`. */
  readonly isOutside: boolean;
};

type Match = NonNullable<Route['match']>;
type Cors = NonNullable<Route['cors']>;
type HeaderEdits = NonNullable<NonNullable<Route['headers']>['request']>;
type Draw<T> = (scope: RouteScope) => fc.Arbitrary<T>;

/** One field and its values. `odds`: how many of ten routes have it. */
type Row<T> = { readonly odds: number; readonly draw: Draw<T> };

const tails = ['', '/a', '/a/', '/ab', '/a/b', '/a/b/', '/a/bc', '/A', '/a.b', '/a~b', '/.a', '/a/a', '/b', '/b-1/c_d'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;
const headerNames = ['x-beta', 'X-User', 'accept', 'cookie', 'x.y_z', 'Authorization'];
const headerValues = ['1', '2', 'a', 'A', 'a b', 'a, b', 'a,b', '.*', '%41', '"q"', 'a=b; c=d'];

const cookieNames = ['ab', 'AB', 'a', 'x.y*z'];
const cookieValues = ['b', 'B', 'a=b', '1', 'b.*', '(%41)+'];
const queryNames = ['v', 'V', 'a.b', 'f[]', '%76'];
const queryValues = ['2', '1', 'a=b', '%32', 'a+b', '.*', '/a'];

const pairsOf = (names: readonly string[], values: readonly string[]): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), { minKeys: 1, maxKeys: 3 });

const path: Draw<string> = ({ root }) =>
  fc.constantFrom(...tails).map((tail) => (root === '/' ? tail || '/' : `${root}${tail}`));

/** Below the root, so that routes of other apps there are kept apart by the literal beginning. */
const pathRegex: Draw<string> = ({ root }) =>
  fc.oneof(
    anyRegex.map((regex) => `${root === '/' ? '' : root}/${regex}`),
    fc.constantFrom('/a', '/a/', '/a/b').map((tail) => `${root === '/' ? '' : root}${tail}.*`),
  );

/** Whether all requests of the route are below the scope's root, as sharing demands. */
const isShared = ({ root }: RouteScope): boolean => root !== '/';

/** The conditions of a route. */
export const conditionRows = {
  path: {
    odds: 9,
    draw: (scope) =>
      fc.oneof(
        { weight: 3, arbitrary: fc.record({ prefix: path(scope) }) },
        { weight: 2, arbitrary: fc.record({ exact: path(scope) }) },
        { weight: 2, arbitrary: fc.record({ regex: pathRegex(scope) }) },
      ),
  },
  host: {
    odds: 2,
    draw: ({ hosts }) => (hosts.length === 0 ? fc.constant({}) : fc.record({ host: fc.constantFrom(...hosts) })),
  },
  methods: {
    odds: 3,
    draw: () => fc.record({ methods: fc.subarray([...methods], { minLength: 1, maxLength: 3 }) }),
  },
  headers: {
    odds: 3,
    draw: () =>
      fc.record({
        headers: fc.dictionary(fc.constantFrom(...headerNames), fc.constantFrom(...headerValues), {
          minKeys: 1,
          maxKeys: 2,
        }),
      }),
  },
  headersRegex: {
    odds: 2,
    draw: () =>
      fc.record({
        headersRegex: fc.dictionary(fc.constantFrom(...headerNames), anyRegex, { minKeys: 1, maxKeys: 2 }),
      }),
  },
  withoutHeaders: {
    odds: 2,
    draw: () => fc.record({ withoutHeaders: fc.subarray([...headerNames], { minLength: 1, maxLength: 2 }) }),
  },
  cookies: {
    odds: 2,
    draw: () => fc.record({ cookies: pairsOf(cookieNames, cookieValues) }),
  },
  query: {
    odds: 2,
    draw: () => fc.record({ query: pairsOf(queryNames, queryValues) }),
  },
} satisfies Readonly<Record<string, Row<Match>>>;

/** Without what the schema refuses: two conditions on the presence of one header. */
function soundMatch({ headers, headersRegex, withoutHeaders, cookies, ...rest }: Match): Match {
  const exact = Object.keys(headers ?? {});
  const patterns = Object.entries(headersRegex ?? {}).filter(
    ([name]) => !exact.includes(name) && (cookies === undefined || name !== 'cookie'),
  );
  const named = [...exact, ...patterns.map(([name]) => name), ...(cookies === undefined ? [] : ['cookie'])];
  const lower = named.map((name) => name.toLowerCase());
  const absent = withoutHeaders?.filter((name) => !lower.includes(name.toLowerCase()));
  const others = Object.entries(headers ?? {}).filter(([name]) => cookies === undefined || name !== 'cookie');
  return {
    ...rest,
    ...(others.length === 0 ? {} : { headers: Object.fromEntries(others) }),
    ...(patterns.length === 0 ? {} : { headersRegex: Object.fromEntries(patterns) }),
    ...(absent === undefined || absent.length === 0 ? {} : { withoutHeaders: absent }),
    ...(cookies === undefined ? {} : { cookies }),
  };
}

const shares = fc.constantFrom([100], [90, 10], [50, 50], [70, 30], [99, 1], [100, 0]);

/** A split of 100 percent over some of the names. */
export function splitOver(names: readonly string[]): fc.Arbitrary<Readonly<Record<string, number>>> {
  return fc
    .tuple(fc.shuffledSubarray([...names], { minLength: Math.min(2, names.length) }), shares)
    .map(([order, weights]) => {
      const [first = 'app', second] = order;
      const [most = 100, rest] = weights;
      return second === undefined || rest === undefined ? { [first]: 100 } : { [first]: most, [second]: rest };
    });
}

/** A new path, whole or for the prefix; of a route without a prefix only the former is left. */
const newPath: Draw<Pick<NonNullable<Route['redirect']>, 'path' | 'prefix'>> = (scope) =>
  fc.oneof(fc.constant({}), fc.record({ path: fc.constantFrom('/', '/new', '/new/') }), {
    weight: 3,
    arbitrary: fc.record({ prefix: fc.constantFrom('/', '/new', '/new/', ...(isShared(scope) ? [scope.root] : [])) }),
  });

const redirect: Draw<Pick<Route, 'redirect'>> = (scope) =>
  fc
    .tuple(
      newPath(scope),
      fc.record(
        {
          scheme: fc.constantFrom('http' as const, 'https' as const),
          host: fc.constantFrom('new.test', 'a.new.test'),
          port: fc.constantFrom(80, 443, 8443),
          code: fc.constantFrom(301 as const, 302 as const, 303 as const, 307 as const, 308 as const),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([place, rest]) => ({ redirect: { ...place, ...rest } }));

const respond = fc.constantFrom<NonNullable<Route['respond']>>(
  { status: 200, body: 'fixed\n' },
  { status: 204 },
  { status: 403, body: '%REQ(:path)% \u{1F550}' },
  { status: 503 },
  { status: 599, body: '{"a": 1}' },
);

/** What a route does; exactly one of them, and most often none is written. */
export const actionRows = {
  none: { odds: 4, draw: () => fc.constant({}) },
  to: { odds: 3, draw: ({ backends }) => fc.record({ to: fc.constantFrom(...backends) }) },
  split: { odds: 2, draw: ({ backends }) => fc.record({ split: splitOver(backends) }) },
  redirect: { odds: 3, draw: redirect },
  respond: { odds: 1, draw: () => fc.record({ respond }) },
} satisfies Readonly<Record<string, Row<Partial<Route>>>>;

const editedValues = fc.constantFrom('1', 'a, b', '%REQ(:path)%', '100%', '%%x%%', '"q" \\ {x}', '%START_TIME%');

/** Edits of some of the names, each in one list. */
function editsOf(names: readonly string[]): fc.Arbitrary<HeaderEdits> {
  const parts = ['set', 'add', 'remove'] as const;
  return fc
    .tuple(
      fc.subarray([...names], { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom(...parts), { minLength: 4 }),
    )
    .chain(([some, places]) =>
      fc.array(editedValues, { minLength: 4, maxLength: 4 }).map((values) => {
        const of = (part: string): readonly number[] => some.flatMap((_, i) => (places[i] === part ? [i] : []));
        const map = (part: string) => Object.fromEntries(of(part).map((i) => [some[i] ?? '', values[i] ?? '']));
        return {
          ...(of('set').length === 0 ? {} : { set: map('set') }),
          ...(of('add').length === 0 ? {} : { add: map('add') }),
          ...(of('remove').length === 0 ? {} : { remove: of('remove').map((i) => some[i] ?? '') }),
        };
      }),
    );
}

const headerEdits = fc
  .record(
    {
      request: editsOf(['x-beta', 'X-User', 'accept', 'x-new', 'user-agent', 'Authorization', 'x.y_z']),
      response: editsOf([
        'x-out',
        'X-App',
        'content-language',
        'via',
        'set-cookie',
        'x.y_z',
        'Access-Control-Allow-Origin',
      ]),
    },
    { requiredKeys: [] },
  )
  .map((edits) => (Object.keys(edits).length === 0 ? { response: { set: { 'x-out': '1' } } } : edits));

const origins = ['https://www.example.com', 'https://*.example.com', 'http://localhost:3000', 'app://*.x-y', '*'];
const namesOfCors = fc.subarray(['X-Token', 'content-type', "x.y_z'"], { minLength: 1 });

/** What pages of other origins may do. */
export const corsValues: fc.Arbitrary<Cors> = fc
  .record(
    {
      origins: fc.subarray(origins, { minLength: 1, maxLength: 3 }),
      methods: fc.subarray([...methods, 'CONNECT' as const, 'TRACE' as const], { minLength: 1, maxLength: 3 }),
      headers: namesOfCors,
      exposeHeaders: namesOfCors,
      credentials: fc.boolean(),
      maxAge: fc.constantFrom('10s', '1h1m'),
    },
    { requiredKeys: ['origins'] },
  )
  .map(({ credentials, ...rest }) => ({
    ...rest,
    ...(credentials === undefined || rest.origins.includes('*') ? {} : { credentials }),
  }));

/** New paths of whole segments, and of letters alone; the last one shows by itself which paths the expression matches. */
const regexRewrite: Draw<NonNullable<NonNullable<Route['rewrite']>['regex']>> = (scope) => {
  const root = scope.root === '/' ? '' : scope.root;
  return fc.oneof(
    fc.constantFrom(
      { match: `${root}(/.*)?`, with: '/v1\\1' },
      { match: `${root}/(.*)`, with: '/v1/\\1' },
      { match: `${root}/([^/]*)/(.*)`, with: '/\\2/\\1' },
      { match: `${root}/(?:(a)|([a-z]))([a-z]*)/?(?:.*)`, with: '/\\3-\\2.\\1' },
      { match: `${root}/(a|ab)(bc?|[a-c]*)(?:/.*)?`, with: '\\0/x-\\2/\\1\\1' },
      { match: `${root}/(.*/)?([^/]+?)(?:/*)`, with: '/last' },
    ),
    anyRegex.map((regex) => ({ match: `${root}/${regex}`, with: '/v1\\0' })),
  );
};

/** What is done beside; only routes that forward have it. */
export const extraRows = {
  rewrite: {
    odds: 3,
    draw: (scope) =>
      fc
        .tuple(
          fc.oneof(
            { weight: 3, arbitrary: fc.record({ regex: regexRewrite(scope) }) },
            { weight: 4, arbitrary: fc.record({ prefix: fc.constantFrom('/', '/v1', '/v1/', '/v1/a') }) },
            { weight: 2, arbitrary: fc.record({ path: fc.constantFrom('/', '/v1', '/v1/', '/a/b') }) },
            { weight: 1, arbitrary: fc.constant({}) },
          ),
          fc.constantFrom({}, { host: 'inner.test' }),
        )
        .map(([place, host]) => ({ rewrite: { ...place, ...host } })),
  },
  headers: { odds: 3, draw: () => fc.record({ headers: headerEdits }) },
  mirror: {
    odds: 2,
    draw: ({ backends }) =>
      fc.record({
        mirror: fc.record(
          { to: fc.constantFrom(...backends), percent: fc.constantFrom(20, 50, 100) },
          { requiredKeys: ['to'] },
        ),
      }),
  },
  sticky: {
    odds: 4,
    draw: () =>
      fc.record({
        sticky: fc.record(
          { cookie: fc.constantFrom('ab', 'side'), ttl: fc.constantFrom('1h', '1s500ms') },
          { requiredKeys: ['cookie'] },
        ),
      }),
  },
  fault: {
    odds: 2,
    draw: () =>
      fc.record({
        fault: fc.constantFrom(
          { abort: 418, abortPercent: 20, delay: '5ms', delayPercent: 80 },
          { abort: 503, until: '2099-12-31T23:59:59Z' },
          { delay: '5ms' },
          { abort: 503, until: '2025-12-31T23:59:59Z' },
        ),
      }),
  },
  port: { odds: 2, draw: ({ ports }) => fc.record({ port: fc.constantFrom(...ports) }) },
  timeout: { odds: 1, draw: () => fc.record({ timeout: fc.constantFrom('15s', '20s500ms') }) },
  retries: {
    odds: 4,
    draw: () =>
      fc.record({
        retries: fc.constantFrom(
          { attempts: 0 },
          { attempts: 1, retryOn: ['5xx' as const] },
          { attempts: 2, perTry: '5s', backoff: '1ms', retryOn: ['5xx' as const, 'reset' as const] },
        ),
      }),
  },
  // Over HTTP/2 no websocket is opened.
  websocket: { odds: 2, draw: ({ ports }) => fc.constant(ports.includes('h2') ? {} : { websocket: true }) },
  cors: {
    odds: 2,
    draw: ({ isOutside }) => (isOutside ? fc.record({ cors: corsValues }) : fc.constant({})),
  },
} satisfies Readonly<Record<string, Row<Partial<Route>>>>;

/** None or one value of every row, put together. */
function someOf<T extends object>(rows: Readonly<Record<string, Row<T>>>, scope: RouteScope): fc.Arbitrary<T> {
  const drawn = Object.values(rows).map(({ odds, draw }) =>
    fc
      .integer({ min: 1, max: 10 })
      .chain((die): fc.Arbitrary<Partial<T>> => (die <= odds ? draw(scope) : fc.constant({}))),
  );
  return fc.tuple(...drawn).map((parts) => Object.assign({}, ...parts) as T);
}

/** One route without its name. */
export function routeIn(scope: RouteScope): fc.Arbitrary<Omit<Route, 'name'>> {
  const actions = Object.values(actionRows as Readonly<Record<string, Row<Partial<Route>>>>);
  return fc
    .record({
      match: someOf<Match>(conditionRows, scope).map(soundMatch),
      action: fc.oneof(...actions.map(({ odds, draw }) => ({ weight: odds, arbitrary: draw(scope) }))),
      extras: someOf<Partial<Route>>(extraRows, scope),
    })
    .map(({ match, action, extras }) => soundRoute(isShared(scope) ? belowRoot(match, scope) : match, action, extras));
}

function belowRoot(match: Match, { root }: RouteScope): Match {
  return match.prefix === undefined && match.exact === undefined && match.regex === undefined
    ? { ...match, prefix: root }
    : match;
}

/** Without what the schema refuses beside the rest: a prefix is replaced only where one is matched, a side kept only of a split. */
function soundRoute(match: Match, action: Partial<Route>, extras: Partial<Route>): Omit<Route, 'name'> {
  const { rewrite, sticky, websocket, ...others } = extras;
  // The port that is named may speak HTTP/2.
  const isOpened = websocket !== undefined && others.port === undefined && match.methods?.includes('GET') !== false;
  const conditions = Object.keys(match).length === 0 ? {} : { match };
  const { response } = extras.headers ?? {};
  const answers = { ...conditions, ...(response === undefined ? {} : { headers: { response } }) };
  if (action.respond !== undefined) return { ...answers, ...action };
  if (action.redirect !== undefined) return { ...answers, redirect: soundRedirect(match, action.redirect) };
  return {
    ...conditions,
    ...action,
    ...others,
    ...(sticky === undefined || action.split === undefined ? {} : { sticky }),
    ...soundRewrite(match, rewrite),
    ...(isOpened ? { websocket } : {}),
  };
}

function soundRewrite(match: Match, { prefix, ...rest }: NonNullable<Route['rewrite']> = {}): Pick<Route, 'rewrite'> {
  const rewrite = prefix === undefined || match.prefix === undefined ? rest : { prefix, ...rest };
  return Object.keys(rewrite).length === 0 ? {} : { rewrite };
}

function soundRedirect(match: Match, given: NonNullable<Route['redirect']>): NonNullable<Route['redirect']> {
  const { prefix, ...rest } = given;
  if (prefix !== undefined && match.prefix !== undefined) return given;
  return Object.keys(rest).some((key) => key !== 'code') ? rest : { ...rest, path: '/new' };
}

/** A list of routes named r0, r1, …; now and then none at all. */
export function routesIn(scope: RouteScope, most = 6): fc.Arbitrary<readonly Route[]> {
  return fc
    .array(routeIn(scope), { minLength: 1, maxLength: most })
    .map((routes) => routes.map((route, i) => ({ name: `r${i}`, ...route })));
}
