/** AT0214, AT0215: an app listens on the ports that the platform offers, and a named Gateway must have a server there. */
import type { GatewayEntry } from '../model/platform.ts';
import type { Problem } from '../model/problem.ts';
import type { TcpListener } from '../model/tcp-listener.ts';
import { servingEntryOf } from '../model/tls-served.ts';
import type { External, Traffic } from '../model/traffic.ts';
import type { GatewayFacts, World } from '../model/world.ts';
import type { Policy } from './policy.ts';

/** Checks every listener on Istio; that a gateway is not offered at all, or not there, is another policy's. */
export const gatewayPorts: Policy = (traffic, world) => {
  const { external } = traffic;
  if (external === undefined || external.tcp.length === 0) return { problems: [] };
  const entry = servingEntryOf(external.edge, world.platform);
  if (entry === undefined) return { problems: [] };
  const offered = portsOffered(external, entry);
  const facts = namedGateway(external, world);
  return {
    problems: external.tcp.flatMap((listener): readonly Problem[] => {
      if (!offered.includes(listener.listen)) return [notOffered(listener, external, { entry, offered })];
      return facts === undefined || listensOn(facts, listener, traffic) ? [] : [noServer(listener, facts)];
    }),
  };
};

/** The ports of a named Gateway are its own: a Gateway beside it on the same pods would be ignored there. */
function portsOffered({ edge }: External, entry: GatewayEntry): readonly number[] {
  return edge.kind === 'GeneratedGateway' && entry.name !== undefined ? [] : entry.tcpPorts;
}

function namedGateway({ edge }: External, { gateways }: World): GatewayFacts | undefined {
  if (edge.kind !== 'NamedGateway') return undefined;
  return gateways.find(({ namespace, name }) => namespace === edge.namespace && name === edge.name);
}

/** Hosts of servers may say whose routes they take: `./` only those of the Gateway's namespace (istio.io, Gateway, hosts). */
function listensOn({ namespace, tcp }: GatewayFacts, { listen }: TcpListener, { app }: Traffic): boolean {
  const isOurs = (host: string): boolean => {
    const [whose, name] = host.split('/');
    if (name === undefined || whose === '*') return true;
    return app.namespace === (whose === '.' ? namespace : whose);
  };
  return tcp.some(({ port, hosts }) => port === listen && hosts.some(isOurs));
}

function notOffered(
  { at, listen }: TcpListener,
  { edge }: External,
  { entry, offered }: { readonly entry: GatewayEntry; readonly offered: readonly number[] },
): Problem {
  const isNamed = entry.name !== undefined;
  const gateway = edge.kind === 'NamedGateway' ? `gateway ${edge.namespace}/${edge.name}` : 'the default gateway';
  const ask = `ask the platform team to add ${listen} to gateways[].tcpPorts of ${isNamed ? `${entry.namespace}/${entry.name}` : 'that gateway'}`;
  // An app with a certificate of its own gets a Gateway of its own.
  const isBeside = isNamed && edge.kind === 'GeneratedGateway';
  return {
    code: 'AT0214',
    field: at,
    message: isBeside
      ? `port ${listen} is not offered beside a certificate of the app's own: the ports for TCP connections are those of gateway ${entry.namespace}/${entry.name}`
      : `${gateway} offers no port ${listen} for TCP connections`,
    fix: isBeside
      ? 'remove external.tls, or give the ports an AppTraffic of their own'
      : `${offered.length === 0 ? '' : `listen on one of ${offered.join(', ')}, or `}${ask}`,
  };
}

function noServer({ at, listen }: TcpListener, { namespace, name }: GatewayFacts): Problem {
  return {
    code: 'AT0215',
    field: at,
    message: `gateway ${namespace}/${name} has no server of protocol TCP on port ${listen} for this namespace`,
    fix: `ask the platform team to add a server {port: {number: ${listen}, name: tcp-${listen}, protocol: TCP}, hosts: ['*']} to the Gateway`,
  };
}
