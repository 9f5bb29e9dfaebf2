/** What cases about who may come in play on: clients of other addresses, a gateway behind a proxy, issuers of tokens, and who is asked. */
import type { CertificateAuthority } from '../../../testbed/certificates.ts';
import type { Client } from '../../../testbed/mesh/client.ts';
import { createIssuer } from '../../../testbed/mesh/issuer.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import type { ServerOptions } from '../../../testbed/mesh/server.ts';

/** Addresses of clients; that of the mesh's own is 203.0.113.1. */
const addresses = { neighbour: '203.0.113.14', stranger: '203.0.113.80' } as const;

/** The clients beside the mesh's own, by name. */
export async function entryClients(mesh: Mesh): Promise<Readonly<Record<string, Client>>> {
  const made = Object.entries(addresses).map(
    async ([name, address]) => [name, await mesh.client({ name, address })] as const,
  );
  return Object.fromEntries(await Promise.all(made));
}

const labels = { istio: 'relayed' };

/** A gateway with one trusted proxy before it, which any client can be. */
export const relayed = {
  options: { name: 'relayed', labels, trustedProxies: 1 },
  settings: {
    name: 'relayed',
    namespace: 'istio-system',
    selector: labels,
    serviceAccount: 'relayed-service-account',
    trustedHops: 1,
  },
  gateway: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { namespace: 'istio-system', name: 'relayed' },
    spec: {
      selector: labels,
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['relay.example.com'] }],
    },
  },
} as const;

/** Issuers of tokens, by a short name. */
export const issuers = {
  id: createIssuer('https://id.example.net'),
  partner: createIssuer('accounts@partner.example.net', 'partner'),
};

const keyServer = { host: 'id.example.net', address: '203.0.113.203' };

/** Where their keys are. */
export const keyServers = {
  hosts: { [keyServer.host]: keyServer.address },
  uris: { id: `https://${keyServer.host}/keys`, partner: `https://${keyServer.host}:8443/keys` },
  server: (authority: CertificateAuthority): ServerOptions => {
    const credential = authority.issue({ commonName: keyServer.host, hosts: [keyServer.host] });
    return {
      name: 'id',
      address: keyServer.address,
      ports: [
        { port: 443, protocol: 'https', credential, document: issuers.id.keySet },
        { port: 8443, protocol: 'https', credential, document: issuers.partner.keySet },
      ],
    };
  },
};

const askerPort = 8000;

const asker = (name: string) => ({
  name,
  envoyExtAuthzHttp: {
    service: `${name}.common.svc.cluster.local`,
    port: askerPort,
    includeRequestHeadersInCheck: ['x-visitor'],
  },
});

/** Who is asked whether a request may come in: one that wants the header x-visitor, and one that nobody answers for. */
export const askers = { names: ['doorman', 'absent'], providers: ['doorman', 'absent'].map(asker) };

/** Starts the one, and makes the Services of both. */
export async function startAskers(mesh: Mesh): Promise<void> {
  await Promise.all([
    mesh.pod({
      namespace: 'common',
      name: 'doorman',
      sidecar: false,
      ports: [{ port: askerPort, asksFor: 'x-visitor' }],
    }),
    ...askers.names.map((name) =>
      mesh.api.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'common', name },
        spec: { selector: { app: name }, ports: [{ name: 'http', port: askerPort, targetPort: askerPort }] },
      }),
    ),
  ]);
}
