/** AT0601, AT0701: `internal` needs sidecars in the app's namespace, or nothing would be protected. */
import type { MeshMode } from '../model/world.ts';
import type { Policy } from './policy.ts';

/** Refuses `internal` outside the mesh. A namespace that is not known counts as outside, but offline as inside. */
export const meshMembership: Policy = ({ app, internal }, { namespaces, assumesPresent }) => {
  if (internal === undefined) return { problems: [] };
  const mode: MeshMode | undefined = namespaces.find(({ name }) => name === app.namespace)?.mesh;
  if (mode === 'Sidecar') return { problems: [] };
  if (mode === undefined && assumesPresent) {
    return { problems: [], assumed: [`Namespace ${app.namespace} (in the mesh)`] };
  }
  if (mode === 'Ambient') {
    return {
      problems: [
        {
          code: 'AT0701',
          field: internal.at,
          message: `namespace ${app.namespace} uses ambient mode, which is not supported yet`,
          fix: 'switch the namespace to sidecar injection, or remove internal',
        },
      ],
    };
  }
  return {
    problems: [
      {
        code: 'AT0601',
        field: internal.at,
        message: `namespace ${app.namespace} has no sidecar injection, so nothing under internal would hold`,
        fix: `label the namespace istio-injection=enabled and restart its pods, or remove internal`,
      },
    ],
  };
};
