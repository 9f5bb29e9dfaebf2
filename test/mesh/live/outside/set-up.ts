/** What cases outside play on: settings, pods, certificates and what others made. */
import { createCertificateAuthority } from '../../../testbed/certificates.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import { createStage } from '../stage.ts';
import type { Stage } from '../stage.ts';
import { vaultClients, vaultSecrets } from './client-certificates.ts';
import { askers, entryClients, issuers, keyServers, relayed, startAskers } from './entry-parts.ts';
import { issuerSettings, makeIssuers } from './issuer.ts';
import { openWayOfProbes, settingsOfProbes } from './probe.ts';

const workload = {
  namespace: 'istio-system',
  selector: { istio: 'ingressgateway' },
  serviceAccount: 'istio-ingressgateway-service-account',
};

/** Settings of the operator: a named gateway beside the default one, a Service of another namespace, and EnvoyFilters. */
export const outsideSettings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  gateways: [
    { ...workload, default: true, tcpPorts: [9000, 9001, 9002, 9003] },
    { ...workload, name: 'public', tcpPorts: [9010] },
    relayed.settings,
  ],
  secrets: { grants: [{ namespace: 'team', names: ['common-certificate', 'common-clients'] }] },
  backends: { grants: [{ from: 'team', to: 'common', services: ['search'] }] },
  probes: settingsOfProbes,
  auth: { externalProviders: askers.names },
  featureGates: { EnvoyFilter: true, CertManager: true },
  certManager: issuerSettings,
};

/** Servers outside the mesh; the certificate of the second is for its own name. */
const legacy = { host: 'legacy.example.net', address: '203.0.113.201' };
const sealed = { host: 'sealed.example.net', address: '203.0.113.202' };
const authority = createCertificateAuthority('example.net');

/** What the gateway needs to find and trust them; `posing.example.net` is a name of the second that its certificate lacks. */
export const outsideGateway = {
  hosts: {
    [legacy.host]: legacy.address,
    [sealed.host]: sealed.address,
    'posing.example.net': sealed.address,
  },
  trusts: authority.certificate,
  // As with http, apps know the Service's ports; 9001 leads to the same port of the pod.
  ports: [
    { name: 'http2', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
    ...[9000, 9002, 9003, 9010].map((port) => ({ name: `tcp-${port}`, port, targetPort: 10_000 + port })),
    { name: 'tcp-9001', port: 9001, targetPort: 9001 },
  ],
};

async function startServers({ server }: Mesh): Promise<void> {
  const credential = authority.issue({ commonName: sealed.host, hosts: [sealed.host] });
  await Promise.all([
    server({ name: 'legacy', address: legacy.address, ports: [{ port: 8090 }] }),
    server({ name: 'sealed', address: sealed.address, ports: [{ port: 8453, protocol: 'https', credential }] }),
    server(keyServers.server(authority)),
  ]);
}

/** What istiod needs to find and trust the issuers of tokens. */
export const outsideIstiod = { hosts: keyServers.hosts, trusts: authority.certificate };

/** The platform's Gateway, which takes the hosts below example.com that no Gateway of an app names. */
const publicGateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'istio-system', name: 'public' },
  spec: {
    selector: workload.selector,
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shared.example.com'] },
      { port: { number: 9010, name: 'tcp-9010', protocol: 'TCP' }, hosts: ['*'] },
    ],
  },
};

const service = (namespace: string, name: string, selector: object, ports: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector, ports },
});

const talkPort = { port: 7001, protocol: 'tcp' } as const;

async function startPods({ pod }: Mesh): Promise<void> {
  const version = (v: string) => ({
    app: 'shop',
    version: v,
    'rollouts-pod-template-hash': v,
    ...(v === 'v2' ? { track: 'canary' } : {}),
  });
  const shopPorts = [8080, { port: 8443, protocol: 'https' as const }, { port: 9090, protocol: 'http2' as const }];
  await Promise.all([
    pod({ namespace: 'team', name: 'shop-v1', labels: version('v1'), ports: shopPorts }),
    pod({ namespace: 'team', name: 'shop-v2', labels: version('v2'), ports: shopPorts }),
    pod({ namespace: 'team', name: 'docs', ports: [8080, 9090] }),
    pod({ namespace: 'common', name: 'search', ports: [8081], sidecar: false }),
    pod({ namespace: 'team', name: 'ports', ports: [7070, 8080, 8091, 8092, 8093, { port: 8082, protocol: 'http2' }] }),
    pod({
      namespace: 'team',
      name: 'bare',
      labels: { app: 'bare', listens: 'true' },
      ports: [8080, { port: 9090, protocol: 'http2' }],
      sidecar: false,
    }),
    pod({ namespace: 'team', name: 'probed' }),
    ...['guarded', 'relay', 'asked', 'unheard'].map((name) => pod({ namespace: 'team', name })),
    pod({ namespace: 'team', name: 'tokens', ports: [8080, { port: 9090, protocol: 'http2' }] }),
    pod({ namespace: 'team', name: 'limited', ports: [8080, { port: 9090, protocol: 'http2' }] }),
    pod({ namespace: 'team', name: 'counted', ports: [8080, { port: 9090, protocol: 'http2' }] }),
    ...['roomy', 'large', 'rated'].map((name) => pod({ namespace: 'team', name })),
    ...['a', 'b'].map((one) => pod({ namespace: 'team', name: `hurried-${one}`, labels: { app: 'hurried' } })),
    ...['narrow', 'idle'].map((name) => pod({ namespace: 'team', name, sidecar: false })),
    pod({ namespace: 'team', name: 'lost', sidecar: false, deafPorts: [8080] }),
    ...['v1', 'v2'].map((version) =>
      pod({ namespace: 'team', name: `talk-${version}`, labels: { app: 'talk', version }, ports: [8080, talkPort] }),
    ),
    pod({ namespace: 'team', name: 'wire', ports: [8080, talkPort] }),
    pod({ namespace: 'common', name: 'shelf', ports: [talkPort] }),
    pod({ namespace: 'team', name: 'deaf', labels: { app: 'bare' }, ports: [7070], sidecar: false }),
  ]);
}

/** Starts what the cases need. */
export async function setUpOutside(mesh: Mesh): Promise<Stage> {
  await Promise.all(['team', 'common'].map((name) => mesh.namespace(name)));
  const hosts = ['secure.example.com', 'unforced.example.com'];
  const [authorities] = await Promise.all([
    Promise.all(
      hosts.map(async (host) => {
        const secret = `team-${host.split('.')[0] ?? ''}`;
        return [host, await mesh.tlsSecret('istio-system', secret, [host])] as const;
      }),
    ),
    mesh.tlsSecret('istio-system', 'team-versions', ['tls-1-2.example.com', 'tls-1-3.example.com']),
    mesh.tlsSecret('istio-system', 'team-calls', ['calls.example.com']),
    mesh.tlsSecret('istio-system', 'team-ended', ['ended.passed.example.com']),
    ...vaultSecrets(mesh),
    makeIssuers(mesh),
    mesh.tlsSecret('istio-system', 'team-moved-to-issuer', ['moved-to-issuer.example.com']),
    mesh.api.create(publicGateway),
    mesh.api.create(relayed.gateway),
    startAskers(mesh),
    mesh.api.create(service('common', 'search', { app: 'search' }, [{ name: 'http', port: 81, targetPort: 8081 }])),
    mesh.api.create(service('team', 'made-by-hand', { app: 'shop' }, [{ name: 'http', port: 80, targetPort: 8080 }])),
    startPods(mesh),
    startServers(mesh),
    openWayOfProbes(mesh),
  ]);
  const clients = await entryClients(mesh);
  return createStage(mesh, {
    clients,
    issuers,
    settings: outsideSettings,
    callers: { docs: 'team/docs' },
    authorities: Object.fromEntries(authorities),
    certificates: vaultClients,
  });
}
