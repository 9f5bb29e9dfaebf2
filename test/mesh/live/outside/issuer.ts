/** Certificates that an issuer makes for the hosts of an app. */
import { certificateName } from '../../../../src/translate/istio/certificate.ts';
import { condition, field } from '../../../testbed/kube-object.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { LiveCase } from '../live-case.ts';
import { both, shopSpec } from './shop.ts';

const namespace = 'istio-system';
const host = 'issued.example.com';

/** What the platform lets apps use. */
export const issuerSettings = {
  issuers: [
    { kind: 'ClusterIssuer', name: 'own-authority', namespaces: ['team'] },
    { kind: 'Issuer', name: 'beside-the-gateway' },
  ],
};

const issuer = (kind: string, name: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'cert-manager.io/v1',
  kind,
  metadata: { name, ...metadata },
  spec,
});

/** An authority that cert-manager made for itself, a ClusterIssuer that signs by it, and an Issuer beside the gateway. */
export async function makeIssuers({ api }: Mesh): Promise<void> {
  await api.create(issuer('Issuer', 'beside-the-gateway', { selfSigned: {} }, { namespace }));
  await api.create(
    issuer(
      'Certificate',
      'own-authority',
      {
        isCA: true,
        commonName: 'own authority',
        secretName: 'own-authority',
        issuerRef: { kind: 'Issuer', name: 'beside-the-gateway' },
      },
      { namespace },
    ),
  );
  await api.create(issuer('ClusterIssuer', 'own-authority', { ca: { secretName: 'own-authority' } }));
}

/** The cases. */
export const issuerCases: readonly LiveCase[] = [
  {
    title: 'an issuer makes the certificate for the hosts that the app holds, and it goes with the app',
    proves: ['external.tls.issuer.name', 'external.tls.issuer.kind=Issuer', 'external.tls.issuer.kind=ClusterIssuer'],
    apps: [
      {
        name: 'issued',
        spec: shopSpec({
          hosts: [host, `*.${host}`],
          tls: { issuer: { kind: 'ClusterIssuer', name: 'own-authority' } },
          routes: [{ name: 'one' }],
        }),
      },
      {
        name: 'self-issued',
        spec: shopSpec({
          hosts: ['self-issued.example.com'],
          tls: { issuer: { kind: 'Issuer', name: 'beside-the-gateway' } },
          routes: [{ name: 'one' }],
        }),
      },
    ],
    run: async ({ mesh, gets, send }) => {
      await gets([
        { request: `GET https://${host}/`, gets: { pods: both, route: 'team/issued/one' } },
        { request: 'GET https://self-issued.example.com/', gets: { pods: both, route: 'team/self-issued/one' } },
      ]);
      const { api } = mesh;
      const secret = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: 'own-authority' });
      const ca = Buffer.from(String(field(secret, 'data', 'tls.crt')), 'base64').toString('utf8');
      const to = `${mesh.gateways[0]?.address}:443`;
      const answer = await mesh.internet.request({ to, host, tls: { sni: host, ca } });
      expect(answer).toMatchObject({ status: 200, certificate: { names: `DNS:*.${host}, DNS:${host}` } });
      expect((await send({ request: `GET https://below.${host}/` })).status).toBe(200);
    },
  },
  {
    title: 'a certificate that another app has is not handed over before the new one is there',
    proves: [],
    apps: [
      {
        name: 'moved-to-issuer',
        spec: shopSpec({
          hosts: ['moved-to-issuer.example.com'],
          tls: { secretName: 'team-moved-to-issuer' },
          routes: [{ name: 'one' }],
        }),
      },
    ],
    run: async ({ mesh, serve, send }) => {
      const name = 'moved-to-issuer';
      const request = `GET https://${name}.example.com/`;
      const edit = (issuerName: string) =>
        shopSpec({
          hosts: [`${name}.example.com`],
          tls: { issuer: { kind: 'Issuer', name: issuerName } },
          routes: [{ name: 'one' }],
        });
      const { certificate: before } = (await send({ request })) as { certificate?: { subject: string } };
      await serve([{ name, spec: edit('beside-the-gateway') }]);
      const { certificate: after, status } = (await send({ request })) as {
        certificate?: { subject: string };
        status?: number;
      };
      expect([before?.subject, after?.subject, status]).toEqual([`${name}.example.com`, '', 200]);
      const app = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace: 'team', name };
      const made = {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        namespace,
        name: certificateName({ namespace: 'team', name }),
      };
      expect(
        condition((await mesh.api.get(made)) ?? { apiVersion: '', kind: '', metadata: { name } }, 'Ready')?.status,
      ).toBe('True');
      await mesh.api.delete(app);
      await mesh.api.waitGone(made);
    },
  },
];
