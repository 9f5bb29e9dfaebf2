/** `internal.calls`: the Sidecar of the app's pods, which knows what they may call and refuses the rest. */
import type { ServiceEntry, ServiceEntryPorts } from '../../generated/istio/service-entry.ts';
import type { Sidecar } from '../../generated/istio/sidecar.ts';
import { childName } from '../../kube/identity.ts';
import { plainHttpPort } from '../../model/call.ts';
import { serversKnown, servicesKnown } from '../../model/calls.ts';
import type { CalledServer } from '../../model/call.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { ownPolicy } from './destination-rule.ts';
import { serviceHost } from './service-host.ts';

/** No namespace: nothing is known. */
const nothing = '~/*';

/** One Sidecar where `calls` is given, and a ServiceEntry for each server elsewhere. */
export function translateCalls(traffic: Traffic, world: World): Translation {
  if (traffic.internal?.calls === undefined) return { manifests: [], problems: [] };
  const servers = serversKnown(traffic, world);
  const services = servicesKnown(traffic, world).map(
    ({ namespace, service }) => `${namespace}/${serviceHost({ namespace, name: service }, world.platform)}`,
  );
  const hosts = [...services, ...servers.map(({ host }) => `./${host}`)];
  return {
    manifests: [...servers.map((server) => serviceEntry(traffic, server)), sidecar(traffic, hosts, world)],
    problems: [],
  };
}

/** Where the own Service is not among the hosts, the pods' sidecars do not read its DestinationRule; what they take from it is said here. */
function sidecar(traffic: Traffic, hosts: readonly string[], world: World): Sidecar {
  const { app, selector } = traffic;
  const pool = ownPolicy(traffic, world.platform)?.connectionPool;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: childMetadata(app, childName('Sidecar', app.name, [])),
    spec: {
      workloadSelector: { labels: selector },
      egress: [{ hosts: hosts.length === 0 ? [nothing] : hosts }],
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      ...(pool === undefined ? {} : { inboundConnectionPool: pool }),
    },
  };
}

/**
 * The server under its own name, for this namespace alone; of two such objects istiod takes the ports or the endpoints of one,
 * so those of all apps say the same. Proxies look its address up themselves, so that the name in a request
 * leads nowhere else; the address ends in a dot, lest a search list complete it to a Service.
 */
function serviceEntry({ app }: Traffic, { host, ports }: CalledServer): ServiceEntry {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: childMetadata(app, childName('ServiceEntry', app.name, ['call', host], true)),
    spec: {
      hosts: [host],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: ports.map(portOf),
      endpoints: [{ address: `${host}.` }],
      exportTo: ['.'],
    },
  };
}

/** Without an address of their own servers are told apart by the name that http or TLS asks for, so nothing else is let through. */
function portOf(number: number): ServiceEntryPorts {
  return number === plainHttpPort
    ? { number, name: 'http', protocol: 'HTTP' }
    : { number, name: `tls-${number}`, protocol: 'TLS' };
}
