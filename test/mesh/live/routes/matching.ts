/** Which route takes a request. */
import type { Ask, Expected, LiveCase } from '../live-case.ts';
import type { Side } from './side.ts';

/** Routes in an order that would be wrong if it counted: the least specific ones first. */
const matchRoutes = [
  { name: 'rest' },
  { name: 'api', match: { prefix: '/api' }, to: 'stable' },
  { name: 'beta', match: { prefix: '/api', headers: { 'X-Beta': '1' } }, to: 'canary' },
  { name: 'both', match: { prefix: '/api', headers: { 'x-beta': '1', 'x-group': 'b' } } },
  { name: 'long', match: { prefix: '/api/long/' }, to: 'canary' },
  { name: 'write', match: { prefix: '/api', methods: ['POST', 'PUT'] }, to: 'canary' },
  { name: 'read', match: { prefix: '/read', methods: ['GET'] }, to: 'canary' },
  { name: 'page', match: { exact: '/api/page' }, to: 'canary' },
];

/** The same questions to one app, whatever the order of its list. */
function matchAsks(side: Side, app: string): readonly Ask[] {
  const to = (route: string, backend: 'stable' | 'canary' | 'app', path?: string): Expected =>
    side.to(app, route, backend, path);
  const rest = to('rest', 'app');
  const ask = (method: string, path: string, gets: Expected, headers: Ask['headers'] = []): Ask => ({
    ...side.ask(app, `${method} ${path}`, headers),
    gets,
  });
  return [
    ask('GET', '/', rest),
    ask('GET', '/api', to('api', 'stable')),
    ask('GET', '/api/', to('api', 'stable')),
    ask('GET', '/api/x?q=1', to('api', 'stable')),
    ask('GET', '/api?q=1', to('api', 'stable')),
    ask('GET', '/apix', rest),
    ask('GET', '/Api', rest),
    ask('GET', '/ap', rest),
    ask('GET', '/x/api', rest),
    ask('GET', '/api/long', to('long', 'canary')),
    ask('GET', '/api/long/x', to('long', 'canary')),
    ask('GET', '/api/longer', to('api', 'stable')),
    ask('GET', '/api/page', to('page', 'canary')),
    ask('GET', '/api/page?q=1', to('page', 'canary')),
    ask('GET', '/api/page/', to('api', 'stable')),
    ask('GET', '/api/page/x', to('api', 'stable')),
    ask('GET', '/api/pagex', to('api', 'stable')),
    ask('POST', '/api', to('write', 'canary')),
    ask('PUT', '/api/x', to('write', 'canary')),
    ask('DELETE', '/api', to('api', 'stable')),
    ask('PROPFIND', '/api', to('api', 'stable')),
    ask('POST', '/api/long', to('long', 'canary')),
    ask('POST', '/api', to('write', 'canary'), [['x-beta', '1']]),
    ask('GET', '/read', to('read', 'canary')),
    ask('POST', '/read', rest),
    ask('GET', '/api', to('beta', 'canary'), [['x-beta', '1']]),
    ask('GET', '/api', to('beta', 'canary'), [['X-BETA', '1']]),
    ask('GET', '/api', to('api', 'stable'), [['x-beta', '2']]),
    ask('GET', '/api', to('api', 'stable'), [['x-beta', '11']]),
    ask('GET', '/api', to('api', 'stable'), [['x-gamma', '1']]),
    ask('GET', '/api/long', to('long', 'canary'), [['x-beta', '1']]),
    ask('GET', '/api', to('both', 'app'), [
      ['x-group', 'b'],
      ['x-beta', '1'],
    ]),
    ask('GET', '/api', to('beta', 'canary'), [
      ['x-group', 'c'],
      ['x-beta', '1'],
    ]),
    ask('GET', '/api', to('api', 'stable'), [['x-group', 'b']]),
    ask('GET', '/api/./x/../page', to('page', 'canary', '/api/page')),
    ask('GET', '/%61pi/x', to('api', 'stable', '/api/x')),
  ];
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** The cases of one side. */
export function matchingCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[]`;
  return [
    {
      title: 'the most specific match wins, whatever the order of the list: exact, longest prefix, methods, headers',
      proves: ['name', 'to', 'match.prefix', 'match.exact', 'match.headers'].map((part) => `${field}.${part}`),
      apps: [side.app('match', matchRoutes), side.app('turned', [...matchRoutes].reverse())],
      run: ({ gets }) => gets([...matchAsks(side, 'match'), ...matchAsks(side, 'turned')]),
    },
    {
      title: 'each of the methods is matched as it is written, and HEAD is not GET',
      proves: [...methods, 'HEAD'].map((method) => `${field}.match.methods=${method}`),
      apps: [
        side.app('methods', [
          ...methods.map((method) => ({ name: method.toLowerCase(), match: { methods: [method] } })),
          { name: 'head', match: { methods: ['HEAD'], prefix: '/head' }, redirect: { path: '/', code: 307 } },
        ]),
      ],
      run: ({ gets }) =>
        gets([
          ...methods.map((method) => ({
            ...side.ask('methods', `${method} /head`),
            gets: side.to('methods', method.toLowerCase()),
          })),
          {
            ...side.ask('methods', 'HEAD /head'),
            gets: { status: 307, location: `${side.base('methods')}/`, route: 'team/methods/head' },
          },
          { ...side.ask('methods', 'HEAD /'), gets: { status: 404 } },
          { ...side.ask('methods', 'PROPFIND /'), gets: { status: 404 } },
        ]),
    },
    {
      title: 'an empty list of routes means 404 for everything',
      proves: [`${side.side}.routes`],
      apps: [side.app('empty', [])],
      run: ({ gets }) => gets([{ ...side.ask('empty', 'GET /'), gets: { status: 404 } }]),
    },
  ];
}
