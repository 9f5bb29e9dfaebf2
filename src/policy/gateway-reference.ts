/** AT0203, AT0204: a named gateway must be one that the platform offers, and its Gateway object must be there. */
import { gatewayEntryOf } from '../model/tls-served.ts';
import type { World } from '../model/world.ts';
import type { Policy } from './policy.ts';

const gatewayKind = 'networking.istio.io/Gateway';

/** Checks `external.gateway`, or the platform's default gateway where the spec names none. */
export const gatewayReference: Policy = ({ external }, world) => {
  const edge = external?.edge;
  if (edge?.kind !== 'NamedGateway') return { problems: [] };
  const named = `${edge.namespace}/${edge.name}`;
  if (gatewayEntryOf(edge, world.platform) === undefined) {
    const offered = offeredGateways(world);
    return {
      problems: [
        {
          code: 'AT0204',
          field: edge.at,
          message: `gateway ${named} is not one of the platform's gateways`,
          fix:
            offered.length === 0
              ? 'leave gateway out: one is generated for the app'
              : `use one of ${offered.join(', ')}, or leave gateway out`,
        },
      ],
    };
  }
  if (world.gateways.some(({ namespace, name }) => namespace === edge.namespace && name === edge.name)) {
    return { problems: [] };
  }
  if (world.assumesPresent) return { problems: [], assumed: [`Gateway ${named}`] };
  // Without the kind no Gateway can be seen; that the kind is missing is a problem of its own (AT0401).
  if (world.availableKinds?.includes(gatewayKind) === false) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0203',
        field: edge.at,
        message: `gateway ${named} does not exist in the cluster`,
        fix: 'ask the platform team to create the Gateway, or name another one',
      },
    ],
  };
};

function offeredGateways({ platform }: World): readonly string[] {
  return platform.gateways
    .flatMap(({ namespace, name }) => (name === undefined ? [] : [`${namespace}/${name}`]))
    .sort();
}
