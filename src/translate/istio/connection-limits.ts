/** AT0702 for backends that what the app says of connections does not reach. */
import { backendsOf } from '../../model/backends-of.ts';
import { connectionValues } from '../../model/connections.ts';
import type { ConnectionFeature } from '../../model/connections.ts';
import { istioRoutes } from '../../model/reached-pods.ts';
import type { ServiceBackend } from '../../model/backend.ts';
import type { Problem } from '../../model/problem.ts';
import type { Platform } from '../../model/platform.ts';
import type { Traffic } from '../../model/traffic.ts';
import { nameElsewhere } from './server-elsewhere.ts';

/** The Warnings of an app that asks for connections itself; what the platform gives to all apps warns nobody. */
export function connectionLimits(traffic: Traffic, platform: Platform): readonly Problem[] {
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
  return [...alias, ...headlessChoices(traffic), ...otherServices(traffic).map(elsewhere)];
}

/** What says which pods get requests. */
const choices = ['eject', 'algorithm', 'hashOn', 'warmup'] as const satisfies readonly ConnectionFeature[];

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
