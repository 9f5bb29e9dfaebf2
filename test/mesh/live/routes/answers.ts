/** Redirects, fixed answers and rewrites. */
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import type { Ask, LiveCase } from '../live-case.ts';
import type { Side } from './side.ts';

const redirectRoutes = [
  { name: 'scheme', match: { prefix: '/scheme' }, redirect: { scheme: 'https' } },
  { name: 'host', match: { prefix: '/host' }, redirect: { host: 'new.example.com', code: 301 } },
  { name: 'port', match: { prefix: '/port' }, redirect: { port: 8443, code: 303 } },
  { name: 'path', match: { prefix: '/path' }, redirect: { path: '/there', code: 307 } },
  { name: 'prefix', match: { prefix: '/prefix' }, redirect: { prefix: '/v2', code: 308 } },
  { name: 'slash', match: { prefix: '/base' }, redirect: { prefix: '/', code: 302 } },
  {
    name: 'all',
    match: { exact: '/all' },
    redirect: { scheme: 'https', host: 'new.example.com', port: 8443, path: '/x', code: 308 },
  },
  { name: 'http', match: { prefix: '/http' }, redirect: { scheme: 'http', path: '/plain', code: 301 } },
];

function redirectAsks(side: Side): readonly Ask[] {
  const base = side.base('redirect');
  const host = base.slice('http://'.length);
  const to = (name: string, path: string, status: number, location: string): Ask => ({
    ...side.ask('redirect', `GET ${path}`),
    gets: { status, location, route: `team/redirect/${name}` },
  });
  return [
    to('scheme', '/scheme/a?b=c', 302, `https://${host}/scheme/a?b=c`),
    to('host', '/host/a?b=c', 301, 'http://new.example.com/host/a?b=c'),
    to('port', '/port/a', 303, `${base}:8443/port/a`),
    to('path', '/path/a?b=c', 307, `${base}/there?b=c`),
    to('prefix', '/prefix', 308, `${base}/v2`),
    to('prefix', '/prefix/', 308, `${base}/v2/`),
    to('prefix', '/prefix/a?b=c', 308, `${base}/v2/a?b=c`),
    to('slash', '/base', 302, `${base}/`),
    to('slash', '/base/a', 302, `${base}/a`),
    to('all', '/all?b=c', 308, 'https://new.example.com:8443/x?b=c'),
    to('http', '/http/a', 301, `${base}/plain`),
    {
      ...side.ask('redirect', 'GET :80/scheme'),
      gets: { status: 302, location: `https://${host}/scheme`, route: 'team/redirect/scheme' },
    },
    { ...side.ask('redirect', 'GET /prefixed'), gets: { status: 404 } },
  ];
}

const closed = 'geschlossen \u{1F550}\n\tuntil 10, %REQ(:path)% %% \\1';
const respondRoutes = [
  { name: 'closed', match: { prefix: '/closed' }, respond: { status: 503, body: closed } },
  { name: 'write', match: { prefix: '/closed', methods: ['POST'] }, respond: { status: 200, body: '{"ok": true}' } },
  { name: 'empty', match: { prefix: '/empty' }, respond: { status: 204 } },
  { name: 'last', match: { exact: '/last' }, respond: { status: 599, body: '' } },
  { name: 'rest' },
];

function respondAsks(side: Side): readonly Ask[] {
  const by = (name: string, methodAndPath: string, status: number, body?: string): Ask => ({
    ...side.ask('respond', methodAndPath),
    gets: { status, route: `team/respond/${name}`, ...(body === undefined ? {} : { body }) },
  });
  return [
    by('closed', 'GET /closed', 503, closed),
    by('closed', 'GET /closed/x?y', 503, closed),
    by('write', 'POST /closed', 200, '{"ok": true}'),
    by('empty', 'GET /empty', 204),
    by('last', 'GET /last', 599, ''),
    { ...side.ask('respond', 'GET /closedx'), gets: side.to('respond', 'rest') },
    { ...side.ask('respond', 'GET /last/'), gets: side.to('respond', 'rest') },
  ];
}

const rewriteRoutes = [
  { name: 'api', match: { prefix: '/api' }, rewrite: { prefix: '/v1' } },
  { name: 'x', match: { prefix: '/x' }, rewrite: { prefix: '/' } },
  { name: 'slashed', match: { prefix: '/from/' }, rewrite: { prefix: '/to/' } },
  { name: 'rest', match: { prefix: '/' }, rewrite: { prefix: '/all' } },
];

function rewriteAsks(side: Side): readonly Ask[] {
  const at = (name: string, path: string, rewritten: string): Ask => ({
    ...side.ask('rewrite', `GET ${path}`),
    gets: side.to('rewrite', name, 'app', rewritten),
  });
  return [
    at('api', '/api', '/v1'),
    at('api', '/api/', '/v1/'),
    at('api', '/api/x', '/v1/x'),
    at('api', '/api?q=/api', '/v1'),
    at('api', '/api/api', '/v1/api'),
    at('x', '/x', '/'),
    at('x', '/x/', '/'),
    at('x', '/x/y?z', '/y'),
    at('slashed', '/from', '/to'),
    at('slashed', '/from/', '/to/'),
    at('slashed', '/from/a', '/to/a'),
    at('rest', '/', '/all/'),
    at('rest', '/apix', '/all/apix'),
  ];
}

const newHost = 'inner.example.com';
const replaceRoutes = [
  { name: 'page', match: { exact: '/page' }, rewrite: { path: '/index.html' } },
  { name: 'below', match: { prefix: '/below' }, rewrite: { path: '/closed', host: newHost } },
  { name: 'api', match: { prefix: '/api' }, rewrite: { prefix: '/v1', host: newHost } },
  { name: 'root', rewrite: { path: '/' } },
];

function replaceAsks(side: Side): readonly Ask[] {
  const at = (name: string, path: string, rewritten: string): Ask => ({
    ...side.ask('replace', `GET ${path}`),
    gets: side.to('replace', name, 'app', rewritten),
  });
  return [
    at('page', '/page?q=/page', '/index.html'),
    at('below', '/below', '/closed'),
    at('below', '/below/', '/closed'),
    at('below', '/below/a/b.c?d=/e', '/closed'),
    at('api', '/api', '/v1'),
    at('api', '/api/x', '/v1/x'),
    at('root', '/', '/'),
    at('root', '/a//b%2Fc', '/'),
  ];
}

const regexRoutes = [
  { name: 'api', match: { prefix: '/api' }, rewrite: { regex: { match: '/api/v(\\d+)(/.*)?', with: '/\\1/api\\2' } } },
  { name: 'turn', match: { prefix: '/turn' }, rewrite: { regex: { match: '/turn/([^/]+)/(.*)', with: '/\\2/\\1' } } },
  {
    name: 'first',
    match: { prefix: '/first' },
    rewrite: { regex: { match: '/first/(a|ab)(c|bcd)?(d*)', with: '/x-\\1/\\2-\\3' }, host: newHost },
  },
  { name: 'rest', rewrite: { regex: { match: '/(?:a|b)+(?:/.*)?', with: '/below\\0/end' } } },
];

function regexAsks(side: Side): readonly Ask[] {
  const at = (name: string, path: string, rewritten: string): Ask => ({
    ...side.ask('pattern', `GET ${path}`),
    gets: side.to('pattern', name, 'app', rewritten),
  });
  return [
    at('api', '/api/v1', '/1/api'),
    at('api', '/api/v12/x/api/v1?q=/api/v3/y', '/12/api/x/api/v1'),
    at('api', '/api/v1/', '/1/api/'),
    // Not matched, so not rewritten.
    at('api', '/api/v1x/y', '/api/v1x/y'),
    at('api', '/api', '/api'),
    at('api', '/api/x/api/v1/y', '/api/x/api/v1/y'),
    at('turn', '/turn/a/b/c', '/b/c/a'),
    at('turn', '/turn/a/../%62//c%2Fd', '//c%2Fd/b'),
    at('turn', '/turn/..%2F../x', '/x/..%2F..'),
    at('turn', '/turn/a//evil.example/x', '//evil.example/x/a'),
    // Of several ways the one that RE2 prefers.
    at('first', '/first/abcd', '/x-a/bcd-'),
    at('first', '/first/abcdd', '/x-a/bcd-d'),
    at('first', '/first/a', '/x-a/-'),
    at('rest', '/ab/c', '/below/ab/c/end'),
    at('rest', '/ab/../b/%2e%2e/a?b', '/below/a/end'),
    at('rest', '/abc/a', '/abc/a'),
  ];
}

/** The cases of one side. */
export function answerCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[]`;
  const codes = [301, 302, 303, 307, 308].map((code) => `code=${code}`);
  const parts = ['scheme=http', 'scheme=https', 'host', 'port', 'path', 'prefix', ...codes];
  return [
    {
      title: 'a redirect changes what it names and keeps the rest, with its code',
      proves: parts.map((part) => `${field}.redirect.${part}`),
      apps: [side.app('redirect', redirectRoutes)],
      run: ({ gets }) => gets(redirectAsks(side)),
    },
    {
      title: 'a fixed answer has its status and, byte for byte, its body as plain text; no pod gets the request',
      proves: [`${field}.respond.status`, `${field}.respond.body`],
      apps: [side.app('respond', respondRoutes)],
      run: async ({ gets, send }) => {
        await gets(respondAsks(side));
        const { headers = [] } = await send(side.ask('respond', 'GET /closed'));
        expect(headerValues(headers, 'content-type')).toEqual(['text/plain']);
        const empty = await send(side.ask('respond', 'GET /empty'));
        expect([empty.body, headerValues(empty.headers ?? [], 'content-type')]).toEqual(['', []]);
      },
    },
    {
      title: 'rewrite.prefix joins with one slash, and the query stays',
      proves: [`${field}.rewrite.prefix`],
      apps: [side.app('rewrite', rewriteRoutes)],
      run: ({ gets }) => gets(rewriteAsks(side)),
    },
    {
      title:
        'rewrite.regex replaces the paths that it matches as a whole and no others, and keeps what its groups took',
      proves: [`${field}.rewrite.regex.match`, `${field}.rewrite.regex.with`],
      apps: [side.app('pattern', regexRoutes)],
      run: ({ gets }) => gets(regexAsks(side)),
    },
    {
      title:
        'rewrite.path replaces the whole path and rewrite.host the Host header, whatever was matched; the query stays',
      proves: [`${field}.rewrite.path`, `${field}.rewrite.host`],
      apps: [side.app('replace', replaceRoutes)],
      run: async ({ gets, send, decide }) => {
        await gets(replaceAsks(side));
        const own = side.base('replace').slice('http://'.length);
        for (const [path, host] of [
          ['/below/x?y=z', newHost],
          ['/api?y=z', newHost],
          ['/api/x?y=z', newHost],
          ['/page?y=z', own],
        ] as const) {
          const ask = side.ask('replace', `GET ${path}`);
          const seen = echoOf(await send(ask));
          expect([seen.host, seen.query, decide(ask).forwarded?.host ?? own]).toEqual([host, 'y=z', host]);
        }
      },
    },
  ];
}
