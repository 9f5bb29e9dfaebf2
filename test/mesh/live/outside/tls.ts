/** TLS at the gateway, and what plain http gets beside it. */
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { Ask, LiveCase } from '../live-case.ts';
import { both, canary, shopSpec, stable } from './shop.ts';

/** An app whose pods end TLS themselves. */
const passedApp = {
  ports: [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
  ],
  app: { selector: { app: 'shop' } },
  backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
};

const keeping = { name: 'keeping', match: { prefix: '/keeping' }, split: { app: 100 }, sticky: { cookie: 'side' } };

/** The cases. */
export const tlsCases: readonly LiveCase[] = [
  {
    title: 'TLS ends at the gateway with the certificate of the Secret, and plain http gets 308 to https by default',
    proves: ['external.tls.secretName', 'external.httpsRedirect'],
    apps: [
      {
        name: 'secure',
        spec: shopSpec({
          hosts: ['secure.example.com'],
          tls: { secretName: 'team-secure' },
          routes: [{ name: 'one' }, keeping],
        }),
      },
      {
        name: 'unforced',
        spec: shopSpec({
          hosts: ['unforced.example.com'],
          tls: { secretName: 'team-unforced' },
          httpsRedirect: false,
          routes: [{ name: 'one' }, keeping],
        }),
      },
    ],
    run: async ({ gets, send }) => {
      const secure = { pods: both, route: 'team/secure/one' };
      const unforced = { pods: both, route: 'team/unforced/one' };
      const led = (path: string): Ask['gets'] => ({ status: 308, location: `https://secure.example.com${path}` });
      await gets([
        { request: 'GET https://secure.example.com/a?b', gets: secure },
        { request: 'GET http://secure.example.com/a?b', gets: led('/a?b') },
        { request: 'POST http://secure.example.com:80/', gets: led('/') },
        { request: 'GET https://unforced.example.com/', gets: unforced },
        { request: 'GET http://unforced.example.com/', gets: unforced },
      ]);
      for (const host of ['secure.example.com', 'unforced.example.com']) {
        const { certificate } = (await send({ request: `GET https://${host}/` })) as { certificate?: object };
        expect(certificate).toMatchObject({ names: `DNS:${host}` });
      }
    },
  },
  {
    title: 'the cookie of a sticky split is Secure where the request came over TLS, and only there',
    proves: ['external.routes[].sticky.cookie'],
    run: async ({ send }) => {
      const cookieOf = async (base: string): Promise<readonly string[]> =>
        headerValues((await send({ request: `GET ${base}.example.com/keeping` })).headers ?? [], 'set-cookie');
      const plain = 'side=app; Path=/; HttpOnly; SameSite=Lax';
      expect(await Promise.all(['https://secure', 'https://unforced', 'http://unforced'].map(cookieOf))).toEqual([
        [`${plain}; Secure`],
        [`${plain}; Secure`],
        [plain],
      ]);
    },
  },
  {
    title: 'clients that speak older versions of TLS than minVersion get no connection; the others are served',
    proves: ['external.tls.minVersion=1.2', 'external.tls.minVersion=1.3'],
    apps: (['1.2', '1.3'] as const).map((minVersion) => ({
      name: `tls-${minVersion.replace('.', '-')}`,
      spec: shopSpec({
        hosts: [`tls-${minVersion.replace('.', '-')}.example.com`],
        tls: { secretName: 'team-versions', minVersion },
        routes: [{ name: 'one' }],
      }),
    })),
    run: async ({ gets }) => {
      const at = (name: string): string => `GET https://${name}.example.com/`;
      const served = (name: string): Ask['gets'] => ({ pods: both, route: `team/${name}/one` });
      await gets([
        { request: at('tls-1-2'), tlsVersion: '1.2', gets: served('tls-1-2') },
        { request: at('tls-1-2'), tlsVersion: '1.3', gets: served('tls-1-2') },
        { request: at('tls-1-3'), tlsVersion: '1.2', gets: 'nothing' },
        { request: at('tls-1-3'), tlsVersion: '1.3', gets: served('tls-1-3') },
        { request: at('secure'), tlsVersion: '1.2', gets: served('secure') },
      ]);
    },
  },
  {
    title: 'Passthrough: TLS ends at the pods, which are chosen by host and see the request as it was sent',
    proves: ['external.tls.mode=Passthrough', 'external.tls.mode=Terminate'],
    apps: [
      {
        name: 'passed',
        spec: {
          ...passedApp,
          external: {
            hosts: ['passed.example.com', '*.passed.example.com'],
            tls: { mode: 'Passthrough' },
            routes: [
              { name: 'preview', match: { host: 'preview.passed.example.com' }, to: 'canary' },
              { name: 'shared', match: { host: 'shared.passed.example.com' }, split: { stable: 25, canary: 75 } },
              { name: 'rest', to: 'stable' },
            ],
          },
        },
      },
      {
        name: 'sealed',
        spec: {
          ...passedApp,
          external: { hosts: ['sealed.example.com'], tls: { mode: 'Passthrough' }, httpsRedirect: false },
        },
      },
      {
        name: 'ended',
        spec: shopSpec({
          hosts: ['ended.passed.example.com'],
          tls: { secretName: 'team-ended', mode: 'Terminate' },
          routes: [{ name: 'one' }],
        }),
      },
    ],
    run: async ({ gets, shares, send }) => {
      const sealed = (pods: string, route: string): Ask['gets'] => ({
        pods,
        backends: pods === stable ? 'stable' : 'canary',
        route: `team/passed/${route}`,
        port: 8443,
        isUnmarked: true,
      });
      await gets([
        { request: 'GET https://passed.example.com/a/../%41//b?c', gets: sealed(stable, 'rest') },
        { request: 'POST https://a.b.passed.example.com/', gets: sealed(stable, 'rest') },
        { request: 'GET https://preview.passed.example.com/', gets: sealed(canary, 'preview') },
        {
          request: 'GET http://passed.example.com/a?b',
          gets: { status: 308, location: 'https://passed.example.com/a?b' },
        },
        { request: 'GET http://sealed.example.com/', gets: { status: 404 } },
        { request: 'GET https://ended.passed.example.com/', gets: { pods: both, route: 'team/ended/one' } },
      ]);
      await shares(
        { request: 'GET https://shared.passed.example.com/' },
        { stable: { percent: 25, pods: [stable] }, canary: { percent: 75, pods: [canary] } },
      );
      const certificates = ['sealed', 'preview.passed', 'ended.passed'].map(async (name) => {
        const { certificate } = (await send({ request: `GET https://${name}.example.com/` })) as {
          certificate?: { names: string };
        };
        return certificate?.names.replace(/-v\d$/, '');
      });
      expect(await Promise.all(certificates)).toEqual(['DNS:shop', 'DNS:shop', 'DNS:ended.passed.example.com']);
    },
  },
  {
    title: 'https where no TLS is served gets no answer',
    proves: [],
    apps: [{ name: 'plain', spec: shopSpec({ hosts: ['plain.example.com'] }) }],
    run: ({ gets }) => gets([{ request: 'GET https://plain.example.com/', gets: 'nothing' }]),
  },
];
