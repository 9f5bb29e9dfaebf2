/** The Gateway that is generated for one app, on the workload of the platform's default gateway entry. */
import type { Gateway, GatewayServers, GatewayServersTls } from '../../generated/istio/gateway.ts';
import { hostCovers } from '../../model/host.ts';
import type { External, TlsVersion, Traffic } from '../../model/traffic.ts';
import { childMetadata } from '../metadata.ts';
import { certificateSecret } from './certificate.ts';
import { spellings } from './host-spellings.ts';
import type { ServingGateway } from './serving-gateway.ts';
import { tcpServer } from './tcp-entries.ts';

/**
 * A server for plain http where the app has hosts, and with TLS one for https with the certificate of that Secret (in the namespace of the
 * gateway's pods), or one that hands TLS on to the pods; then one for each listener. Hosts stand without a namespace prefix: Istio compares them as text, and `ns/host` beside `host`
 * would give one name two filter chains, which Envoy refuses.
 */
export function gateway(traffic: Traffic, external: External, serving: ServingGateway): Gateway {
  const { selector, ports } = serving.entry;
  const names = outermost(external.hosts.map(({ value }) => value).sort());
  const hosts = spellings(names);
  const http: GatewayServers = { port: { number: ports.http, name: 'http', protocol: 'HTTP' }, hosts };
  const https = (credentialName: string): GatewayServers => ({
    port: { number: ports.https, name: 'https', protocol: 'HTTPS' },
    hosts,
    tls: { ...clients(external), credentialName, ...minVersion(external) },
  });
  const secret = certificateSecret(traffic);
  // TLS asks for a name without a trailing dot.
  const passed: GatewayServers = {
    port: { number: ports.https, name: 'tls', protocol: 'TLS' },
    hosts: names,
    tls: { mode: 'PASSTHROUGH' },
  };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: childMetadata(traffic.app, serving.nameOf('Gateway')),
    spec: {
      selector,
      servers: [
        ...(names.length === 0 ? [] : [http]),
        ...(secret === undefined || names.length === 0 ? [] : [https(secret)]),
        ...(external.passthrough === undefined || names.length === 0 ? [] : [passed]),
        ...external.tcp.map(tcpServer),
      ],
    },
  };
}

/**
 * Istio takes what ends in `-cacert` alone for the name of authorities (pilot/pkg/xds/sds.go, generate). It reads the Secret of that name, and
 * where there is none the one without the ending (pilot/pkg/credentials/kube/secrets.go, GetCaCert), which is the one that is meant: by the
 * name as it stands it would look for a certificate with a key.
 */
export const authoritySuffix = '-cacert';

/** Whether clients have to show a certificate, and of whom. */
function clients({ clientCa }: External): Pick<GatewayServersTls, 'mode' | 'caCertCredentialName'> {
  if (clientCa === undefined) return { mode: 'SIMPLE' };
  return { mode: 'MUTUAL', caCertCredentialName: `${clientCa.value}${authoritySuffix}` };
}

const versions = { '1.2': 'TLSV1_2', '1.3': 'TLSV1_3' } as const satisfies Readonly<Record<TlsVersion, string>>;

function minVersion({ minTlsVersion }: External): Pick<GatewayServersTls, 'minProtocolVersion'> {
  return minTlsVersion === undefined ? {} : { minProtocolVersion: versions[minTlsVersion.value] };
}

/**
 * The hosts that no other covers. A host beside its wildcard on one server would get the routes of both its own and the
 * wildcard's VirtualService, in the order of their age (istio.io/istio pkg/config/host, Names.Intersection).
 */
function outermost(hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => !hosts.some((other) => other !== host && hostCovers(other, host)));
}
