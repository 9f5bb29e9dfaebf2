/** CORS: what preflights are told, what other answers carry, and which route a preflight is compared with. */
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { shopSpec } from './shop.ts';

const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'];
const toldMethods = 'CONNECT,DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT,TRACE';
const told = ['allow-origin', 'allow-credentials', 'allow-methods', 'allow-headers', 'expose-headers', 'max-age'];

const own = {
  origins: ['https://www.example.com', 'https://*.example.org'],
  methods: everyMethod,
  headers: ['X-Token', 'content-type'],
  exposeHeaders: ['X-Total'],
  credentials: true,
  maxAge: '1h1m',
};
const url = 'http://cors.example.com';
const preflight = (origin: string, method: string): readonly (readonly [string, string])[] => [
  ['origin', origin],
  ['access-control-request-method', method],
];

/** The values of the CORS headers that there are, by the end of their names. */
function toldBy({ headers = [] }: Answer): Readonly<Record<string, readonly string[]>> {
  const values = told.map((name) => [name, headerValues(headers, `access-control-${name}`)] as const);
  return Object.fromEntries(values.filter(([, lines]) => lines.length > 0));
}

/** Status and CORS headers of an answer; what `decide` says of them is the same. */
async function answerTo(stage: Stage, request: string, headers: readonly (readonly [string, string])[]) {
  const ask = { request, headers };
  const answer = await stage.send(ask);
  const { set = [] } = stage.decide(ask).responseHeaders ?? {};
  expect(Object.fromEntries(set.map(({ name, value }) => [name.replace('access-control-', ''), [value]]))).toEqual(
    toldBy(answer),
  );
  return { status: answer.status, told: toldBy(answer) };
}

const fields = ['origins', 'headers', 'exposeHeaders', 'credentials', 'maxAge'];
const provenAt = (field: string): readonly string[] => [
  ...fields.map((one) => `${field}.${one}`),
  ...everyMethod.map((method) => `${field}.methods=${method}`),
];

/** The cases. */
export const corsCases: readonly LiveCase[] = [
  {
    title:
      'preflights are answered by the route that takes the request itself, and answers name an origin that is allowed',
    proves: [...provenAt('external.cors'), ...provenAt('external.routes[].cors')],
    apps: [
      {
        name: 'cors',
        spec: shopSpec({
          hosts: ['cors.example.com'],
          cors: own,
          routes: [
            {
              name: 'writes',
              match: { prefix: '/api', methods: ['PUT', 'DELETE'] },
              cors: { origins: ['*'], methods: ['PUT'] },
            },
            { name: 'reads', match: { prefix: '/api', methods: ['GET', 'OPTIONS'] } },
            { name: 'routed', match: { prefix: '/own' }, cors: { ...own, origins: ['http://localhost:3000'] } },
            { name: 'moved', match: { prefix: '/moved' }, redirect: { path: '/new' } },
          ],
        }),
      },
    ],
    run: async (stage) => {
      const ask = (path: string, headers: readonly (readonly [string, string])[], method = 'OPTIONS') =>
        answerTo(stage, `${method} ${url}${path}`, headers);
      const rest = {
        'allow-credentials': ['true'],
        'allow-methods': [toldMethods],
        'allow-headers': ['content-type,x-token'],
        'max-age': ['3660'],
      };
      const allowed = 'https://a.b.example.org';
      // Envoy tells it preflights, too; browsers go by the answer to the request itself.
      const exposed = { 'expose-headers': ['x-total'] };
      expect(await ask('/api', preflight(allowed, 'GET'))).toEqual({
        status: 200,
        told: { 'allow-origin': [allowed], ...exposed, ...rest },
      });
      expect(await ask('/own', preflight('http://localhost:3000', 'PATCH'))).toEqual({
        status: 200,
        told: { 'allow-origin': ['http://localhost:3000'], ...exposed, ...rest },
      });
      for (const origin of ['https://example.org', 'https://www.example.com.evil.test', 'http://a.example.org']) {
        expect(await ask('/api', preflight(origin, 'GET'))).toEqual({ status: 200, told: rest });
        expect(await ask('/api', [['origin', origin]], 'GET')).toEqual({ status: 200, told: {} });
      }
      // The route of PUT tells PUT alone, to everybody.
      expect(await ask('/api', preflight('https://any.test', 'PUT'))).toEqual({
        status: 200,
        told: { 'allow-origin': ['https://any.test'], 'allow-methods': ['PUT'] },
      });
      const named = { 'allow-origin': [allowed], 'allow-credentials': ['true'], 'expose-headers': ['x-total'] };
      expect(await ask('/api', [['origin', allowed]], 'GET')).toEqual({ status: 200, told: named });
      // Neither is a preflight: the pods answer.
      expect(await ask('/api', [['origin', allowed]])).toEqual({ status: 200, told: named });
      expect(await ask('/api', [['access-control-request-method', 'PUT']])).toEqual({ status: 200, told: {} });
      // No route takes POST, so no route is asked for it.
      expect(await ask('/api', preflight(allowed, 'POST'))).toEqual({ status: 404, told: {} });
      expect(await ask('/moved', preflight(allowed, 'GET'))).toEqual({ status: 302, told: {} });
    },
  },
];
