/** AT0702 for backends that what the app says of connections does not reach. */
import { backendsOf } from '../../model/backends-of.ts';
import { connectionValues } from '../../model/connections.ts';
import type { ConnectionFeature } from '../../model/connections.ts';
import { istioRoutes, tellsProxies } from '../../model/reached-pods.ts';
import type { ServiceBackend } from '../../model/backend.ts';
import type { Problem } from '../../model/problem.ts';
import type { Platform } from '../../model/platform.ts';
import type { Traffic } from '../../model/traffic.ts';
import { nameElsewhere } from './server-elsewhere.ts';

/**
 * The Warnings of an app that asks for connections itself; what the platform gives to all apps warns nobody who has not
 * said something else.
 */
export function connectionLimits(traffic: Traffic, platform: Platform): readonly Problem[] {
  return [...ownLimits(traffic, platform), ...closenessReplaced(traffic)];
}

function ownLimits(traffic: Traffic, platform: Platform): readonly Problem[] {
  const { connections, service } = traffic;
  const first = Object.values(connections.given).at(0);
  if (connectionValues(connections.given) === undefined || first === undefined) return [];
  const alias: readonly Problem[] =
    service.type === 'ExternalName' && nameElsewhere(service, platform) === undefined
      ? [
          {
            code: 'AT0702',
            field: first.at,
            message: `Service ${service.name} stands for ${service.externalName ?? 'another name'}, and Istio connects there as it does without it`,
            fix: 'remove it, or choose another service.type',
          },
        ]
      : [];
  return [
    ...alias,
    ...(alias.length > 0 ? [] : nowhere(traffic)),
    ...headlessChoices(traffic),
    ...otherServices(traffic).map(elsewhere),
  ];
}

/** Istio looks at what the Service says only where the DestinationRule says nothing (loadbalancer.GetEffectiveLbSetting). */
function closenessReplaced(traffic: Traffic): readonly Problem[] {
  const { service, connections } = traffic;
  const { locality } = connections.effective;
  if (service.trafficDistribution === undefined || locality === undefined || !tellsProxies(traffic)) return [];
  const isOwn = connections.given.locality !== undefined;
  return [
    {
      code: 'AT0702',
      field: `${service.at}.trafficDistribution`,
      message: `proxies of the mesh go by ${isOwn ? 'spec.resilience.loadBalancing.locality' : 'the locality that the platform gives to all apps'} instead; ${service.trafficDistribution} holds for callers without one`,
      fix: isOwn
        ? 'remove one of them, unless callers of both kinds are meant'
        : 'remove it, or write spec.resilience.loadBalancing without locality',
    },
  ];
}

function nowhere({ service, connections: { given } }: Traffic): readonly Problem[] {
  if (service.type !== 'ExternalName' || given.locality === undefined) return [];
  return [
    {
      code: 'AT0702',
      field: given.locality.at,
      message: `Service ${service.name} stands for ${service.externalName ?? 'another name'}, and a server elsewhere is in no locality`,
      fix: 'remove it, or choose another service.type',
    },
  ];
}

/** What says which pods get requests. */
const choices = ['eject', 'algorithm', 'hashOn', 'warmup', 'locality'] as const satisfies readonly ConnectionFeature[];

/** Callers inside have chosen the pod themselves; a gateway chooses among all. */
function headlessChoices({ service, internal, connections: { given } }: Traffic): readonly Problem[] {
  if (service.type !== 'Headless' || internal === undefined) return [];
  return choices.flatMap((feature): readonly Problem[] => {
    const { at } = given[feature] ?? {};
    if (at === undefined) return [];
    const nothing = feature === 'eject' ? 'none is left out for them' : 'nothing is chosen for them';
    return [
      {
        code: 'AT0702',
        field: at,
        message: `callers inside the mesh choose the pod of a Headless Service, and ${nothing}`,
        fix: 'choose another service.type, or remove it',
      },
    ];
  });
}

function otherServices(traffic: Traffic): readonly ServiceBackend[] {
  const others = istioRoutes(traffic)
    .flatMap(backendsOf)
    .flatMap((backend) => (backend.kind === 'Service' ? [backend] : []));
  return [...new Map(others.map((backend) => [backend.name, backend])).values()];
}

function elsewhere({ at, name, service }: ServiceBackend): Problem {
  return {
    code: 'AT0702',
    field: at,
    message: `spec.resilience does not say how Service ${service} of backend ${name} is connected to: Istio takes one DestinationRule for a Service, and this one is not the app's own`,
    fix: `write it under spec.resilience of the AppTraffic whose Service ${service} is, or as a DestinationRule beside it`,
  };
}
