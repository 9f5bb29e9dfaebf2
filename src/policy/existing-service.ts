/** AT0202, AT0206, AT0207, AT0210: a Service of `type: Existing` must be there, be somebody else's, select the app's pods and have the ports. */
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { ServiceFacts } from '../model/world.ts';
import { labelText } from './label-text.ts';
import type { Policy } from './policy.ts';

/** Compares the live Service with what the spec says of it. */
export const existingService: Policy = (traffic, world) => {
  const { app, service } = traffic;
  if (service.type !== 'Existing') return { problems: [] };
  const live = world.services.find(({ namespace, name }) => namespace === app.namespace && name === service.name);
  if (live?.madeBy === app.name) return { problems: [ownService(traffic)] };
  if (live !== undefined) return { problems: [...otherSelector(traffic, live), ...missingPorts(traffic, live)] };
  if (world.assumesPresent) return { problems: [], assumed: [`Service ${app.namespace}/${service.name}`] };
  return {
    problems: [
      {
        code: 'AT0206',
        field: service.at,
        message: `Service ${service.name} does not exist in namespace ${app.namespace}`,
        fix: 'create it, correct service.name, or use another service.type to have it generated',
      },
    ],
  };
};

/** Its own Service is no longer wanted, so it would be deleted under the routes that lead to it. */
function ownService({ service }: Traffic): Problem {
  return {
    code: 'AT0210',
    field: service.at,
    message: `Service ${service.name} is made by this AppTraffic, and type Existing would delete it`,
    fix: 'name a Service that is made elsewhere; to keep this one, remove its ownerReference and its label apptraffic.dev/app',
  };
}

function otherSelector({ selector, service }: Traffic, live: ServiceFacts): readonly Problem[] {
  const [wanted, found] = [labelText(selector), labelText(live.selector ?? {})];
  if (wanted === found) return [];
  return [
    {
      code: 'AT0207',
      field: service.at,
      message:
        found === ''
          ? `Service ${service.name} selects no pods, app.selector is ${wanted}`
          : `Service ${service.name} selects ${found}, app.selector is ${wanted}`,
      fix: 'give the Service and app.selector the same labels',
    },
  ];
}

function missingPorts({ ports, service }: Traffic, live: ServiceFacts): readonly Problem[] {
  const served = live.ports.map(({ port }) => port).sort((a, b) => a - b);
  return ports
    .filter(({ port }) => !served.includes(port))
    .map(({ port, at }) => ({
      code: 'AT0202',
      field: at,
      message: `Service ${service.name} has no port ${port}`,
      fix: `list the ports of the Service under ports: ${served.join(', ')}`,
    }));
}
