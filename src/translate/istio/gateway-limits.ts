/** AT0702 for what a named Gateway's own servers change, and the app cannot. */
import { hostCovers, isWildcard } from '../../model/host.ts';
import type { Located } from '../../model/located.ts';
import type { Problem } from '../../model/problem.ts';
import type { External } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';

/** The Warnings of every host on a named gateway; none where the Gateway is not known. */
export function gatewayLimits({ edge, hosts }: External, world: World): readonly Problem[] {
  if (edge.kind !== 'NamedGateway') return [];
  const facts = world.gateways.find(({ namespace, name }) => namespace === edge.namespace && name === edge.name);
  if (facts === undefined) return [];
  const gateway = `gateway ${edge.namespace}/${edge.name}`;
  const served = facts.hosts.map((host) => host.slice(host.indexOf('/') + 1));
  return hosts.flatMap((host) => [...dotless(host, served, gateway), ...namedBelow(host, served, gateway)]);
}

/** Servers that know a host only without its trailing dot answer 404 to the dotted form. */
function dotless({ value, at }: Located<string>, served: readonly string[], gateway: string): readonly Problem[] {
  const isServed = (host: string): boolean => served.some((one) => one === '*' || hostCovers(one, host));
  if (!isServed(value) || isServed(`${value}.`)) return [];
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
