/** The ground as real parts: a mesh with its gateway, pods, callers and named Gateways. */
import type { ClientCertificate } from '../../../src/decide/request.ts';
import type { Identity } from '../../../src/model/identity.ts';
import type { Client } from '../../testbed/mesh/client.ts';
import { createCertificateAuthority } from '../../testbed/certificates.ts';
import type { CertificateAuthority, Credentials } from '../../testbed/certificates.ts';
import { startMesh } from '../../testbed/mesh/mesh.ts';
import type { Mesh } from '../../testbed/mesh/mesh.ts';
import type { KubeObject } from '../../testbed/kube-object.ts';
import {
  appNamespaces,
  clientSecret,
  containerPorts,
  gatewayNamespace,
  gatewaySecret,
  gatewayWorkload,
  groundPods,
  http2Port,
  issuing,
  meshCallers,
  namedGateways,
  outside,
  secureSuffix,
  sharedPods,
  strangerService,
  tlsPort,
} from './ground.ts';
import { clientAddresses, issuer } from './entries.ts';
import { inChunks } from './in-chunks.ts';

/** The ground, ready for worlds. */
export type Stage = {
  readonly mesh: Mesh;
  /** Clients outside the mesh; several, because one process does not keep a gateway busy. */
  readonly internet: readonly Client[];
  /** The client of a caller inside the mesh. */
  readonly callerOf: (caller: Identity) => Client;
  /** What clients show where the gateway asks them. */
  readonly clients: Readonly<Record<ClientCertificate, Credentials>>;
  /** A client on the pods' network without a sidecar: it speaks plaintext. */
  readonly outsider: Client;
  /** The address of a pod, by `namespace/name`. */
  readonly podAddress: (pod: string) => string;
};

/** Starts everything; `mesh.stop()` ends it. */
export async function startStage(): Promise<Stage> {
  const { selector, serviceAccount } = gatewayWorkload;
  const authority = createCertificateAuthority('outside');
  const mesh = await startMesh({
    operator: false,
    istiod: { hosts: { [issuing.host]: issuing.address }, trusts: authority.certificate },
    gateways: [
      { name: 'gateway', namespace: gatewayNamespace, labels: selector, serviceAccount, ...knowing(authority) },
    ],
  });
  try {
    return await setUp(mesh, authority);
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

/** What a proxy needs to find and trust the server outside. */
const knowing = ({ certificate }: CertificateAuthority) => ({
  hosts: { [outside.host]: outside.address, [outside.posing]: outside.address },
  trusts: certificate,
});

async function setUp(mesh: Mesh, authority: CertificateAuthority): Promise<Stage> {
  await Promise.all([...appNamespaces, 'orders'].map((name) => mesh.namespace(name)));
  await mesh.tlsSecret(gatewayNamespace, gatewaySecret, [`*.${secureSuffix}`]);
  await mesh.tlsSecret(gatewayNamespace, 'blue-tls', ['*.test']);
  const trusted = createCertificateAuthority('clients');
  await mesh.authoritySecret(gatewayNamespace, clientSecret, trusted.certificate);
  const credential = authority.issue({ commonName: outside.host, hosts: [outside.host] });
  await mesh.server({
    name: outside.name,
    address: outside.address,
    ports: [{ port: outside.port }, { port: outside.tlsPort, protocol: 'https', credential }],
  });
  const keys = authority.issue({ commonName: issuing.host, hosts: [issuing.host] });
  await mesh.server({
    name: 'id',
    address: issuing.address,
    ports: [{ port: 443, protocol: 'https', credential: keys, document: issuer.keySet }],
  });
  const objects = [...(namedGateways as unknown as readonly KubeObject[]), ...appNamespaces.map(stranger)];
  await Promise.all(objects.map((object) => mesh.api.create(object)));
  const ports = [
    ...containerPorts,
    { port: http2Port, protocol: 'http2' as const },
    { port: tlsPort, protocol: 'https' as const },
  ];
  const pods = await inChunks(groundPods, 4, async ({ namespace, name, labels, inMesh }) => {
    const pod = await mesh.pod({ namespace, name, labels, sidecar: inMesh, ports, ...knowing(authority) });
    return { key: `${namespace}/${name}`, pod, calls: inMesh ? [`${namespace}/${labels.app ?? ''}`] : [] };
  });
  const callers = await inChunks(
    meshCallers,
    3,
    async ({ namespace, serviceAccount }): Promise<readonly [string, Client]> => {
      const pod = await mesh.pod({
        namespace,
        name: `caller-${serviceAccount}`,
        labels: { app: 'caller' },
        serviceAccount,
        ...knowing(authority),
      });
      return [`${namespace}/${serviceAccount}`, pod];
    },
  );
  const outsider = await mesh.pod({
    namespace: 'orders',
    name: 'outsider',
    labels: { app: 'outsider' },
    sidecar: false,
  });
  const addresses = new Map(pods.map(({ key, pod }) => [key, pod.address]));
  // Of the pods of a slot any may call: they are one app.
  const clients = new Map<string, Client>([
    ...pods.flatMap(({ pod, calls }) => calls.map((identity) => [identity, pod] as const)),
    ...callers,
  ]);
  return {
    mesh,
    internet: [mesh.internet, await mesh.client({ name: 'internet-2', address: clientAddresses[1] })],
    clients: {
      Trusted: trusted.issue({ commonName: 'client' }),
      Other: createCertificateAuthority('other').issue({ commonName: 'client' }),
    },
    callerOf: ({ namespace, serviceAccount }) => known(clients, `${namespace}/${serviceAccount}`),
    outsider,
    podAddress: (pod) => known(addresses, pod),
  };
}

function known<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the ground has no ${key}`);
  return value;
}

const stranger = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name: strangerService },
  spec: { selector: sharedPods, ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }] },
});
