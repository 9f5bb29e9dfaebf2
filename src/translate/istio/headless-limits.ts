/** AT0702 for what Services change that translate no port: callers reach the pods of a Headless one, and the name behind an ExternalName, themselves. */
import { isOwnPods } from '../../model/backend.ts';
import type { At } from '../../model/located.ts';
import type { Port } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';

/** The Warnings of an app whose Service is Headless or an ExternalName; none of any other. */
export function headlessLimits({ service, ports, internal }: Traffic): readonly Problem[] {
  const mapped = ports.filter(({ port, targetPort }) => port !== targetPort);
  if (service.type === 'ExternalName') return mapped.map(untranslated);
  if (service.type !== 'Headless') return [];
  // Routes that name no backend of their own say what spec.split says, at one place.
  const chosen = new Set((internal?.routes ?? []).flatMap(({ features }) => partsAt(features)));
  const kept = new Set((internal?.routes ?? []).flatMap(({ features: { sticky } }) => sticky?.at ?? []));
  const copied = (internal?.routes ?? []).flatMap(({ features }) => copiesAt(features));
  return [
    ...mapped.map(({ at, name, port, targetPort }): Problem => ({
      code: 'AT0702',
      field: at,
      message: `callers reach the pods of a Headless Service on port ${port} itself; port ${name} leads to ${targetPort} only for the gateway`,
      fix: `write port: ${targetPort}, or choose another service.type`,
    })),
    ...[...chosen].map((field): Problem => ({
      code: 'AT0702',
      field,
      message: 'callers inside the mesh choose the pod of a Headless Service, so a part of them has no effect there',
      fix: 'choose another service.type, or send routes inside the mesh to Services',
    })),
    ...[...kept].map((field): Problem => ({
      code: 'AT0702',
      field,
      message: 'callers inside the mesh choose the pod of a Headless Service, so nobody keeps a backend there',
      fix: 'choose another service.type, or write sticky on the routes of external alone',
    })),
    ...copied.map((field): Problem => ({
      code: 'AT0702',
      field,
      message: 'no pod of a Headless Service gets copies of calls inside the mesh',
      fix: 'choose another service.type, or mirror to a Service',
    })),
  ];
}

function untranslated({ at, name, port, targetPort }: Port): Problem {
  return {
    code: 'AT0702',
    field: at,
    message: `callers reach the name behind an ExternalName on port ${port} itself; that port ${name} leads to ${targetPort} has no effect`,
    fix: `write port: ${targetPort} if that is the port there, or remove targetPort`,
  };
}

/** Where the user wrote that a part of the pods is meant. */
function partsAt({ forward }: Route['features']): readonly At[] {
  if (forward === undefined) return [];
  return forward.value.some(({ backend, weight }) => backend.kind === 'Subset' && weight > 0) ? [forward.at] : [];
}

/** Where the user wrote that pods get copies. */
function copiesAt({ mirror }: Route['features']): readonly At[] {
  return mirror === undefined || !isOwnPods(mirror.value.backend) ? [] : [mirror.at];
}
