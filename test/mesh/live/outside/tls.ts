/** TLS at the gateway, and what plain http gets beside it. */
import type { Ask, LiveCase } from '../live-case.ts';
import { both, shopSpec } from './shop.ts';

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
          routes: [{ name: 'one' }],
        }),
      },
      {
        name: 'unforced',
        spec: shopSpec({
          hosts: ['unforced.example.com'],
          tls: { secretName: 'team-unforced' },
          httpsRedirect: false,
          routes: [{ name: 'one' }],
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
    title: 'https where no TLS is served gets no answer',
    proves: [],
    apps: [{ name: 'plain', spec: shopSpec({ hosts: ['plain.example.com'] }) }],
    run: ({ gets }) => gets([{ request: 'GET https://plain.example.com/', gets: 'nothing' }]),
  },
];
