/** gRPC: calls over HTTP/2 whose outcome stands in trailers, from the client to the pod and back. */
import type { Echo } from '../../../testbed/mesh/echo.ts';
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { GrpcResult } from '../../../testbed/mesh/wire.ts';
import type { LiveCase } from '../live-case.ts';
import { both, canary, stable } from './shop.ts';

/** What a call shows: who took it, where, and what came back. */
function seen(result: GrpcResult): object {
  if (result.connectionError !== undefined) return result;
  const { status, messages, trailers } = result;
  const { pod, port, path, httpVersion, headers, body } = JSON.parse(messages[0] ?? '{}') as Echo;
  return {
    status,
    outcome: headerValues(trailers, 'grpc-status').join(),
    says: headerValues(trailers, 'grpc-message').join(),
    pod,
    port,
    path,
    httpVersion,
    route: headerValues(headers, 'x-apptraffic-route').join(),
    body,
  };
}

const called = (pod: string, path: string, route: string) => ({
  status: 200,
  outcome: '0',
  says: `from ${pod}`,
  pod,
  port: 9090,
  path,
  httpVersion: '2.0',
  route: `team/calls/${route}`,
  body: '{"id": 1}',
});

/** The cases. */
export const grpcCases: readonly LiveCase[] = [
  {
    title: 'gRPC: services and methods are paths, and a call keeps its messages and trailers on its way to a grpc port',
    proves: ['ports[].protocol=grpc'],
    apps: [
      {
        name: 'calls',
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'calls', port: 9000, targetPort: 9090, protocol: 'grpc' },
          ],
          app: { selector: { app: 'shop' } },
          backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
          external: {
            hosts: ['calls.example.com'],
            tls: { secretName: 'team-calls' },
            httpsRedirect: false,
            routes: [
              { name: 'cart', match: { prefix: '/shop.Cart' }, port: 'calls', to: 'stable' },
              { name: 'remove', match: { exact: '/shop.Cart/Remove' }, port: 'calls', to: 'canary' },
              { name: 'web' },
            ],
          },
        },
      },
    ],
    run: async ({ mesh, pod, gets, decide }) => {
      const { address } = mesh.gateways[0] ?? { address: '' };
      const host = 'calls.example.com';
      const from = { to: `${address}:80`, host, message: '{"id": 1}' };
      const secure = { ...from, to: `${address}:443`, tls: { sni: host } };
      const [add, remove] = ['/shop.Cart/Add', '/shop.Cart/Remove'];
      const outside = await Promise.all(
        [from, secure].flatMap((one) => [add, remove].map((path) => mesh.internet.grpc({ ...one, path }))),
      );
      const [cart, exact] = [called(stable, add, 'cart'), called(canary, remove, 'remove')];
      expect(outside.map(seen)).toEqual([cart, exact, cart, exact]);
      expect([add, remove].map((path) => decide({ request: `POST http://${host}${path}` }).route)).toEqual([
        'cart',
        'remove',
      ]);
      // What a server says of a call that failed is the client's to see; to a proxy the answer is 200 all the same.
      const headers = { 'x-echo-grpc-status': '5' };
      expect(seen(await mesh.internet.grpc({ ...from, path: add, headers }))).toEqual({ ...cart, outcome: '5' });
      await gets([{ request: `GET http://${host}/shop.Cartx`, gets: { pods: both, route: 'team/calls/web' } }]);
      const inside = await pod('docs').grpc({ to: 'calls.team:9000', path: add, message: '{"id": 1}' });
      expect(both.map((name) => ({ ...called(name, add, ''), route: '' }))).toContainEqual(seen(inside));
    },
  },
  {
    title:
      'a websocket to a grpc port is answered by the gateway, and calls that are under way to the pods come to their end',
    proves: [],
    run: async ({ mesh, gets }) => {
      const { address } = mesh.gateways[0] ?? { address: '' };
      const host = 'calls.example.com';
      const path = '/shop.Cart/Add';
      const call = { to: `${address}:80`, host, path, message: '{"id": 1}', headers: { 'x-echo-delay-ms': '1500' } };
      const underWay = Promise.all([1, 2, 3].map(() => mesh.internet.grpc(call)));
      const opening = { connection: 'Upgrade', upgrade: 'WebSocket', 'sec-websocket-version': '13' };
      const headers = [...Object.entries(opening), ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='] as const];
      // One after the other, while the calls wait for the pods.
      for (const _ of [1, 2, 3, 4]) {
        await gets([
          { request: `GET http://${host}${path}`, headers, gets: { status: 503, route: 'team/calls/cart' } },
        ]);
      }
      expect((await underWay).map(seen)).toEqual([1, 2, 3].map(() => called(stable, path, 'cart')));
    },
  },
];
