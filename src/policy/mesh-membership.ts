/** AT0601, AT0701: `internal`, `observability` and limits of bodies and requests need sidecars in the app's namespace, or nothing of them would hold. */
import { podParts } from '../model/configured-pods.ts';
import type { PodPart } from '../model/configured-pods.ts';
import type { Problem } from '../model/problem.ts';
import type { MeshMode } from '../model/world.ts';
import type { Policy } from './policy.ts';

/** Refuses them outside the mesh. A namespace that is not known counts as outside, but offline as inside. */
export const meshMembership: Policy = (traffic, { namespaces, assumesPresent }) => {
  const { namespace } = traffic.app;
  const parts = podParts(traffic);
  const mode: MeshMode | undefined = namespaces.find(({ name }) => name === namespace)?.mesh;
  if (parts.length === 0 || mode === 'Sidecar') return { problems: [] };
  if (mode === undefined && assumesPresent) {
    return { problems: [], assumed: [`Namespace ${namespace} (in the mesh)`] };
  }
  return {
    problems: parts.map((part) => (mode === 'Ambient' ? inAmbient(part, namespace) : outside(part, namespace))),
  };
};

function inAmbient({ name, at }: PodPart, namespace: string): Problem {
  return {
    code: 'AT0701',
    field: at,
    message: `namespace ${namespace} uses ambient mode, which is not supported yet`,
    fix: `switch the namespace to sidecar injection, or remove ${name}`,
  };
}

function outside({ name, at, isField }: PodPart, namespace: string): Problem {
  return {
    code: 'AT0601',
    field: at,
    message: `namespace ${namespace} has no sidecar injection, so ${isField ? '' : 'nothing under '}${name} would ${isField ? 'not ' : ''}hold`,
    fix: `label the namespace istio-injection=enabled and restart its pods, or remove ${name}`,
  };
}
