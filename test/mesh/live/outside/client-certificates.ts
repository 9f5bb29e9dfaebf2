/** Clients that must show a certificate, and the ways around that. */
import type { ClientCertificate } from '../../../../src/decide/request.ts';
import { createCertificateAuthority } from '../../../testbed/certificates.ts';
import type { Credentials } from '../../../testbed/certificates.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { Answer } from '../../../testbed/mesh/request.ts';
import type { ClientTls } from '../../../testbed/mesh/wire.ts';
import { seenView } from '../views.ts';
import type { Ask, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';
import { both, shopSpec } from './shop.ts';

const [team, common, stranger] = ['team', 'common', 'stranger'].map((name) => createCertificateAuthority(name));
const vault = 'vault.guarded.example.com';
const safe = 'safe.guarded.example.com';
/** Served to everybody, by other pods, as are all names beside those two. */
const lobby = 'lobby.guarded.example.com';

/** What clients show. */
export const vaultClients: Readonly<Record<ClientCertificate, Credentials>> = {
  Trusted: clientOf(team),
  Other: clientOf(stranger),
};

function clientOf(authority: typeof team): Credentials {
  if (authority === undefined) throw new Error('there is no such authority');
  return authority.issue({ commonName: 'client' });
}

/** The Secrets beside the gateway. */
export function vaultSecrets({ tlsSecret, authoritySecret }: Mesh): readonly Promise<unknown>[] {
  const namespace = 'istio-system';
  return [
    tlsSecret(namespace, 'team-vault', [vault, `*.${vault}`]),
    tlsSecret(namespace, 'common-certificate', [safe]),
    tlsSecret(namespace, 'team-lobby', [lobby, '*.guarded.example.com']),
    authoritySecret(namespace, 'team-clients', team?.certificate ?? ''),
    authoritySecret(namespace, 'common-clients', common?.certificate ?? ''),
  ];
}

const apps: LiveCase['apps'] = [
  {
    name: 'vault',
    spec: shopSpec({
      hosts: [vault, `*.${vault}`],
      tls: { mode: 'Mutual', secretName: 'team-vault', clientCA: 'team-clients' },
      routes: [{ name: 'one' }],
    }),
  },
  {
    name: 'safe',
    spec: shopSpec({
      hosts: [safe],
      tls: { mode: 'Mutual', secretName: 'common-certificate', clientCA: 'common-clients' },
      routes: [{ name: 'one' }],
    }),
  },
  {
    name: 'lobby',
    spec: {
      port: 8080,
      app: { selector: { app: 'docs' } },
      external: {
        hosts: [lobby, '*.guarded.example.com'],
        tls: { secretName: 'team-lobby' },
        routes: [{ name: 'one' }],
      },
    },
  },
];

/** What came back, as far as it tells who was reached. */
type Reached = { readonly status: number | 'nothing'; readonly pod?: string | null };

function reached(answer: Answer): Reached {
  if (answer.connectionError !== undefined) return { status: 'nothing' };
  return answer.status === 200 ? { status: 200, pod: seenView(answer).pod } : { status: answer.status };
}

/** Sends one request straight to the gateway; `host` goes into the Host header, whatever TLS asks for. */
function knock({ mesh }: Stage, host: string, tls: ClientTls, path = '/'): Promise<Answer> {
  const to = `${mesh.gateways[0]?.address}:443`;
  return mesh.internet.request({ to, host, path, tls });
}

/** The cases. */
export const clientCertificateCases: readonly LiveCase[] = [
  {
    title: 'Mutual: clients with a certificate of clientCA are served, all others get no connection and reach no pod',
    proves: ['external.tls.mode=Mutual', 'external.tls.clientCA'],
    apps,
    run: async (stage) => {
      const { gets, mesh } = stage;
      const served = { pods: both, route: 'team/vault/one' };
      const at = `https://${vault}/vault`;
      await gets(
        (['1.2', '1.3'] as const).flatMap((tlsVersion): readonly Ask[] => [
          { request: `GET ${at}?a=b`, tlsVersion, clientCertificate: 'Trusted', gets: served },
          { request: `GET https://below.${vault}/`, tlsVersion, clientCertificate: 'Trusted', gets: served },
          { request: `GET ${at}?echo-key=uninvited`, tlsVersion, gets: 'nothing' },
          { request: `GET https://below.${vault}/?echo-key=uninvited`, tlsVersion, gets: 'nothing' },
          { request: `GET ${at}?echo-key=uninvited`, tlsVersion, clientCertificate: 'Other', gets: 'nothing' },
          { request: `POST ${at}?echo-key=uninvited`, bodyBytes: 2000, tlsVersion, gets: 'nothing' },
        ]),
      );
      // The authority of one app's clients is nobody to another's.
      const ofCommon = { sni: safe, ...clientOf(common) };
      expect([
        reached(await knock(stage, safe, ofCommon)).status,
        reached(await knock(stage, vault, { ...ofCommon, sni: vault }, '/?echo-key=uninvited')),
        reached(await knock(stage, safe, { sni: safe, ...vaultClients.Trusted }, '/?echo-key=uninvited')),
      ]).toEqual([200, { status: 'nothing' }, { status: 'nothing' }]);
      expect(await mesh.count('uninvited')).toBe(0);
    },
  },
  {
    title: 'Mutual: plain http leads to https and nowhere else, whatever its headers say',
    proves: ['external.httpsRedirect'],
    run: async ({ gets, mesh }) => {
      const led = (path: string): Ask['gets'] => ({ status: 308, location: `https://${vault}${path}` });
      await gets([
        { request: `GET http://${vault}/a?echo-key=plain`, gets: led('/a?echo-key=plain') },
        { request: `POST http://${vault}/?echo-key=plain`, gets: led('/?echo-key=plain') },
        {
          request: `GET http://${vault}/?echo-key=plain`,
          headers: [
            ['x-forwarded-proto', 'https'],
            ['x-forwarded-client-cert', 'Subject="CN=client"'],
            ['x-apptraffic-route', 'team/vault/one'],
          ],
          gets: led('/?echo-key=plain'),
        },
      ]);
      expect(await mesh.count('plain')).toBe(0);
    },
  },
  {
    title: 'Mutual: nobody without a certificate comes in by a connection that was made for another name',
    proves: [],
    run: async (stage) => {
      const { mesh } = stage;
      const path = '/?echo-key=around';
      const [open, elsewhere] = [{ sni: lobby }, { sni: 'secure.example.com' }];
      const nothing: Reached = { status: 'nothing' };
      const inLobby: Reached = { status: 200, pod: 'docs' };
      const ways: readonly (readonly [host: string, tls: ClientTls, gets: Reached, path?: string])[] = [
        // The server for another name knows no route of this app.
        [vault, open, inLobby],
        [vault.toUpperCase(), open, inLobby],
        [`${vault}.`, open, inLobby],
        [`${vault}:443`, open, inLobby],
        [lobby, open, inLobby, `https://${vault}${path}`],
        [vault, elsewhere, { status: 404 }],
        [`${vault}:443`, elsewhere, { status: 404 }],
        ['secure.example.com', elsewhere, { status: 404 }, `https://${vault}${path}`],
        [lobby, { sni: vault, ...vaultClients.Trusted }, { status: 404 }],
        // However the name is written, its server asks for a certificate; without a name there is no server.
        [vault, { sni: vault.toUpperCase() }, nothing],
        [vault, { sni: `${vault}.` }, nothing],
        [vault, {}, nothing],
        // A session of a connection on which nobody asked for a certificate is none of a server that does.
        [vault, { sni: vault, after: lobby }, nothing],
        [vault, { sni: vault, after: lobby, maxVersion: '1.2' }, nothing],
      ];
      const got = await Promise.all(
        ways.map(async ([host, tls, , line = path]) => reached(await knock(stage, host, tls, line))),
      );
      expect(got).toEqual(ways.map(([, , gets]) => gets));
      const pods = await Promise.all(both.map((name) => stage.pod(name).count('around')));
      expect(pods).toEqual([0, 0]);
      const to = `${mesh.gateways[0]?.address}:443`;
      const call = (tls: ClientTls) =>
        mesh.internet.grpc({ to, host: vault, path: '/shop.Vault/Open', message: '{}', tls });
      const calls = await Promise.all(
        [open, elsewhere, { sni: vault }, { sni: vault, ...vaultClients.Trusted }].map(call),
      );
      const podOf = (text: string): string => /"pod":"(?<name>\w+)/.exec(text)?.groups?.name ?? 'nobody';
      const callsGot = calls.map((one) => (one.connectionError === undefined ? podOf(one.messages.join()) : 'nothing'));
      expect(callsGot).toEqual(['docs', 'nobody', 'nothing', 'shop']);
    },
  },
];
