/** AT0702 for what a Headless Service changes inside the mesh: callers reach its pods by their own addresses. */
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';

/** The Warnings of an app whose Service is Headless; none of any other. */
export function headlessLimits({ service, ports, internal }: Traffic): readonly Problem[] {
  if (service.type !== 'Headless') return [];
  const mapped = ports.filter(({ port, targetPort }) => port !== targetPort);
  const chosen = (internal?.routes ?? []).filter(choosesPods);
  return [
    ...mapped.map(({ at, name, port, targetPort }): Problem => ({
      code: 'AT0702',
      field: at,
      message: `callers reach the pods of a Headless Service on port ${port} itself; port ${name} leads to ${targetPort} only for the gateway`,
      fix: `write port: ${targetPort}, or choose another service.type`,
    })),
    ...chosen.map(({ at, name }): Problem => ({
      code: 'AT0702',
      field: at,
      message: `callers inside the mesh choose the pod of a Headless Service, whatever route ${name} says of parts of them`,
      fix: 'choose another service.type, or send the route to Services',
    })),
  ];
}

function choosesPods({ features: { forward } }: Route): boolean {
  return forward?.value.some(({ backend, weight }) => backend.kind === 'Subset' && weight > 0) === true;
}
