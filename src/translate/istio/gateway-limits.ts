/** AT0702 for what a named Gateway's own servers change, and the app cannot. */
import { hostCovers, isWildcard } from '../../model/host.ts';
import type { Located } from '../../model/located.ts';
import type { Problem } from '../../model/problem.ts';
import type { Edge, External } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';

/** The Warnings of every host on a named gateway; none where the Gateway is not known. */
export function gatewayLimits({ edge, hosts }: External, world: World): readonly Problem[] {
  if (edge.kind !== 'NamedGateway') return [];
  const served = serverHosts(edge, world);
  if (served === undefined) return [];
  const gateway = `gateway ${edge.namespace}/${edge.name}`;
  return hosts.flatMap((host) => [...dotless(host, served, gateway), ...namedBelow(host, served, gateway)]);
}

/** Whether the servers of the app's named gateway know the host, but not with a trailing dot; false where they are not known. */
export function isDotless(host: string, edge: Edge, world: Pick<World, 'gateways'>): boolean {
  const served = serverHosts(edge, world);
  return served !== undefined && lacksDot(host, served);
}

/** The hosts of all servers of a named Gateway, without namespaces; undefined: no such Gateway is known. */
function serverHosts(edge: Edge, { gateways }: Pick<World, 'gateways'>): readonly string[] | undefined {
  if (edge.kind !== 'NamedGateway') return undefined;
  const facts = gateways.find(({ namespace, name }) => namespace === edge.namespace && name === edge.name);
  return facts?.hosts.map((host) => host.slice(host.indexOf('/') + 1));
}

function lacksDot(host: string, served: readonly string[]): boolean {
  const isServed = (name: string): boolean => served.some((one) => one === '*' || hostCovers(one, name));
  return isServed(host) && !isServed(`${host}.`);
}

/** Servers that know a host only without its trailing dot answer 404 to the dotted form. */
function dotless({ value, at }: Located<string>, served: readonly string[], gateway: string): readonly Problem[] {
  if (!lacksDot(value, served)) return [];
  return [
    {
      code: 'AT0702',
      field: at,
      message: `${gateway} answers 404 to ${value}. with a trailing dot`,
      fix: `ask the platform team to add ${value}. to the hosts of the gateway's servers, or ignore it`,
    },
  ];
}

/** A host that a server names gets the routes of every VirtualService for a wildcard above it, beside its own. */
function namedBelow({ value, at }: Located<string>, served: readonly string[], gateway: string): readonly Problem[] {
  if (!isWildcard(value) || !served.some((one) => one !== value && hostCovers(value, one))) return [];
  return [
    {
      code: 'AT0702',
      field: at,
      message: `${gateway} lists hosts below ${value} by name; requests for them can get routes of ${value} before their own`,
      fix: `ask the platform team to list ${value} alone on the gateway's servers`,
    },
  ];
}
