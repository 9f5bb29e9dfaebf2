/** AT0605: an ingress controller outside the mesh has no identity, so it gets past neither `allow` nor Strict. */
import { reachesOwnPods } from '../model/backends-of.ts';
import type { Internal, Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { ingressClassNameOf } from '../model/ingress-class.ts';
import type { Policy } from './policy.ts';

/** Refuses `allow` and Strict beside an Ingress whose class the platform does not list as part of the mesh. */
export const controllerInMesh: Policy = (traffic, world) => {
  const { internal } = traffic;
  const outside = internal === undefined ? undefined : controllerOutside(traffic, world);
  if (internal === undefined || outside === undefined) return { problems: [] };
  const fix = 'ask the platform team to put the controller into the mesh (ingressClasses, inMesh)';
  return {
    problems: [
      ...(internal.allow === undefined
        ? []
        : [
            {
              code: 'AT0605' as const,
              field: internal.allow.at,
              message: `allow would refuse the ingress controller${outside}: it is not in the mesh and has no identity`,
              fix: `${fix}, use provider Istio, or remove allow`,
            },
          ]),
      ...(internal.mtls?.mode !== 'Strict' || takesPlaintext(traffic, internal)
        ? []
        : [
            {
              code: 'AT0605' as const,
              field: internal.mtls.at,
              message: `mtls.mode Strict would refuse the ingress controller${outside}: it is not in the mesh`,
              fix: `${fix}, list the routes' container ports under mtls.exceptPorts, or use provider Istio`,
            },
          ]),
    ],
  };
};

/** How the controller is called in a message when it is outside the mesh; undefined: inside, or no Ingress at all. */
function controllerOutside({ external }: Traffic, world: World): string | undefined {
  if (external?.edge.kind !== 'Ingress') return undefined;
  const className = ingressClassNameOf(external.edge, world);
  const entry = world.platform.ingressClasses.find(({ name }) => name === className);
  if (entry?.inMesh === true) return undefined;
  return className === undefined ? '' : ` of class ${className}`;
}

/** Whether every route from outside ends at a container port that also takes plaintext. */
function takesPlaintext({ external }: Traffic, { mtls }: Internal): boolean {
  const own = (external?.routes ?? []).filter(reachesOwnPods);
  return own.every(({ port }) => mtls?.exceptPorts.includes(port.targetPort) === true);
}
