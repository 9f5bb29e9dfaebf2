/** Bodies: which are too large, for whom, and who says so. */
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { Ask, Expected, LiveCase } from '../live-case.ts';

const limit = 4096;
/** More than what a proxy's connection holds by itself. */
const much = 1_500_000;
const url = 'http://limited.example.com';

const passes = (route: string, more: object = {}): Expected => ({
  pods: 'limited',
  route: `team/limited/${route}`,
  ...more,
});
const refused = (route: string): Expected => ({ status: 413, route: `team/limited/${route}` });

const asks: readonly Ask[] = [
  { request: `GET ${url}/`, gets: passes('all') },
  { request: `POST ${url}/`, bodyBytes: 0, gets: passes('all') },
  { request: `POST ${url}/`, bodyBytes: limit, gets: passes('all') },
  { request: `POST ${url}/`, bodyBytes: limit + 1, gets: refused('all') },
  { request: `PUT ${url}/`, bodyBytes: 10 * limit, gets: refused('all') },
  { request: `GET ${url}/`, bodyBytes: limit + 1, gets: refused('all') },
  // What a client says of its route is overwritten.
  {
    request: `POST ${url}/`,
    headers: [['x-apptraffic-route', 'team/roomy/default']],
    bodyBytes: limit + 1,
    gets: refused('all'),
  },
  { request: `POST ${url}/`, headers: [['upgrade', 'websocket']], bodyBytes: limit + 1, gets: refused('all') },
  { request: `POST ${url}/`, bodyBytes: limit, isChunked: true, gets: passes('all') },
  { request: `POST ${url}/`, bodyBytes: limit + 1, isChunked: true, gets: refused('all') },
  { request: `POST ${url}/`, headers: [['expect', '100-continue']], bodyBytes: limit, gets: passes('all') },
  { request: `POST ${url}/`, headers: [['expect', '100-continue']], bodyBytes: limit + 1, gets: refused('all') },
  { request: `POST ${url}/two`, bodyBytes: limit, gets: passes('two', { port: 9090 }) },
  { request: `POST ${url}/two`, bodyBytes: limit + 1, gets: refused('two') },
  // No pod sees them, so no sidecar limits them.
  { request: `POST ${url}/closed`, bodyBytes: limit + 1, gets: { status: 418, route: 'team/limited/closed' } },
  {
    request: `POST ${url}/moved`,
    bodyBytes: limit + 1,
    gets: { status: 302, location: `${url}/new`, route: 'team/limited/moved' },
  },
  // Other callers and other apps.
  { request: 'POST http://limited.team/', from: 'docs', bodyBytes: limit + 1, gets: { pods: 'limited' } },
  {
    request: 'POST http://roomy.example.com/',
    bodyBytes: limit + 1,
    gets: { pods: 'roomy', route: 'team/roomy/default' },
  },
  {
    request: 'POST http://large.example.com/',
    bodyBytes: much,
    gets: { pods: 'large', route: 'team/large/default' },
  },
  {
    request: 'POST http://large.example.com/',
    bodyBytes: much + 1,
    gets: { status: 413, route: 'team/large/default' },
  },
];

/** The cases. */
export const bodyCases: readonly LiveCase[] = [
  {
    title:
      'a body of the largest size passes and one byte more is answered with 413, however it is framed; callers inside the mesh and other apps of the gateway are not limited',
    proves: ['external.maxBodySize'],
    apps: [
      {
        name: 'limited',
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'two', port: 90, targetPort: 9090, protocol: 'http2' },
          ],
          external: {
            hosts: ['limited.example.com'],
            maxBodySize: '4Ki',
            routes: [
              { name: 'two', match: { prefix: '/two' }, port: 'two' },
              { name: 'closed', match: { prefix: '/closed' }, respond: { status: 418 } },
              { name: 'moved', match: { prefix: '/moved' }, redirect: { path: '/new' } },
              { name: 'all', headers: { response: { set: { 'x-told': 'yes' } } } },
            ],
          },
        },
      },
      { name: 'roomy', spec: { port: 8080, external: { hosts: ['roomy.example.com'] } } },
      { name: 'large', spec: { port: 8080, external: { hosts: ['large.example.com'], maxBodySize: '1500k' } } },
    ],
    run: async (stage) => {
      await stage.gets(asks);
      const over = { request: `POST ${url}/`, bodyBytes: limit + 1 };
      const told = await stage.send(over);
      expect([told.body, headerValues(told.headers ?? [], 'x-told')]).toEqual(['Payload Too Large', ['yes']]);
      expect(stage.decide(over)).toMatchObject({
        outcome: 'deny',
        why: 'the body has 4097 bytes, and maxBodySize of team/limited is 4096',
        responseHeaders: { set: [{ name: 'x-told', value: 'yes' }] },
      });
      // Who says inside the mesh that he came through the gateway limits nobody but himself.
      const forged = { headers: [['x-apptraffic-route', 'team/limited/all']] as const, bodyBytes: limit + 1 };
      const inside = await stage.send({ request: 'POST http://limited.team/', from: 'docs', ...forged });
      expect(inside.status).toBe(413);
    },
  },
  {
    title: 'a websocket to an app that limits bodies is opened, and lives on whatever is said over it',
    proves: ['external.maxBodySize', 'external.routes[].websocket'],
    run: async ({ mesh, decide }) => {
      const opening = [['connection', 'Upgrade'] as const, ['upgrade', 'WebSocket'] as const];
      expect(decide({ request: `GET ${url}/`, headers: opening, bodyBytes: limit + 1 }).forwarded?.websocket).toBe(
        true,
      );
      const to = `${mesh.gateways[0]?.address ?? ''}:80`;
      const { status, messages = [] } = await mesh.internet.websocket({
        to,
        host: 'limited.example.com',
        silentMs: 500,
      });
      expect([status, messages[1]]).toEqual([101, 'still there?']);
    },
  },
];
