/** Edits of headers, by what the pod saw and by what the client got. */
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import type { LiveCase } from '../live-case.ts';
import type { Side } from './side.ts';

const literal = '%REQ(:path)% 100% %% "q" %START_TIME%';
const routes = [
  {
    name: 'request',
    match: { prefix: '/request' },
    headers: { request: { set: { 'X-Set': literal }, add: { 'x-add': 'edge', accept: literal }, remove: ['X-Gone'] } },
  },
  {
    name: 'response',
    match: { prefix: '/response' },
    headers: { response: { set: { 'x-set': literal, via: 'shop' }, add: { 'X-Add': 'edge' }, remove: ['x-gone'] } },
  },
  {
    name: 'moved',
    match: { prefix: '/moved' },
    redirect: { path: '/new' },
    headers: { response: { set: { 'cache-control': 'no-store' } } },
  },
  {
    name: 'json',
    match: { prefix: '/json' },
    respond: { status: 200, body: '{}' },
    headers: { response: { set: { 'content-type': 'application/json' }, add: { 'x-percent': '50%' } } },
  },
  { name: 'rest' },
];
const names = ['x-set', 'x-add', 'x-gone'];

/** The values of some headers, as the client got them. */
function answered({ headers = [] }: Answer, of: readonly string[]): readonly (readonly string[])[] {
  return of.map((name) => headerValues(headers, name));
}

/** The cases of one side. */
export function headerCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[].headers`;
  const sent = names.map((name) => [name, 'client'] as const);
  return [
    {
      title: 'request headers are set, added and removed before the pod sees them, and a percent sign is one',
      proves: ['set', 'add', 'remove'].map((part) => `${field}.request.${part}`),
      apps: [side.app('edits', routes)],
      run: async ({ send, decide }) => {
        const ask = side.ask('edits', 'GET /request/x', [...sent, ['accept', 'client']]);
        const { headers } = echoOf(await send(ask));
        expect([...names, 'accept'].map((name) => headerValues(headers, name))).toEqual([
          [literal],
          ['client', 'edge'],
          [],
          [`client,${literal}`],
        ]);
        const { setHeaders, addHeaders, removeHeaders } = decide(ask).forwarded ?? {};
        expect([setHeaders, addHeaders, removeHeaders]).toMatchObject([
          { 'x-set': literal },
          { 'x-add': 'edge', accept: literal },
          ['x-gone'],
        ]);
        const plain = echoOf(await send(side.ask('edits', 'GET /', sent)));
        expect(names.map((name) => headerValues(plain.headers, name))).toEqual([['client'], ['client'], ['client']]);
      },
    },
    {
      title: 'response headers are set, added and removed on answers of pods, redirects and fixed answers',
      proves: ['set', 'add', 'remove'].map((part) => `${field}.response.${part}`),
      run: async ({ send, decide }) => {
        const own = names.map((name) => ['x-echo-header', `${name}: pod`] as const);
        const ask = side.ask('edits', 'GET /response', own);
        expect(answered(await send(ask), [...names, 'via'])).toEqual([[literal], ['pod', 'edge'], [], ['shop']]);
        expect(decide(ask).responseHeaders).toEqual({
          set: [
            { name: 'via', value: 'shop' },
            { name: 'x-set', value: literal },
          ],
          add: [{ name: 'x-add', value: 'edge' }],
          remove: ['x-gone'],
        });
        const plain = await send(side.ask('edits', 'GET /', own));
        expect(answered(plain, names)).toEqual([['pod'], ['pod'], ['pod']]);
        const moved = await send(side.ask('edits', 'GET /moved'));
        expect([moved.status, ...answered(moved, ['cache-control'])]).toEqual([302, ['no-store']]);
        const json = await send(side.ask('edits', 'GET /json'));
        expect([json.body, ...answered(json, ['content-type', 'x-percent'])]).toEqual([
          '{}',
          ['application/json'],
          ['50%'],
        ]);
      },
    },
  ];
}
