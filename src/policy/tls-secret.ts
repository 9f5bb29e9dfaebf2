/** AT0208: on Istio a TLS Secret lives beside the gateway's pods, so its name says which namespace may use it. */
import type { Policy } from './policy.ts';

/** The Secret's name must start with `<namespace>-`, or be granted to the namespace (api.md §9). */
export const tlsSecret: Policy = ({ app, external }, { platform }) => {
  const tls = external?.tls;
  if (tls === undefined || external?.edge.kind === 'Ingress') return { problems: [] };
  const { secretName } = tls.value;
  const isGranted = platform.secrets.grants.some(
    ({ namespace, names }) => namespace === app.namespace && names.includes(secretName),
  );
  if (secretName.startsWith(`${app.namespace}-`) || isGranted) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0208',
        field: tls.at,
        message: `Secret ${secretName} lives in the gateway's namespace and namespace ${app.namespace} may not use it there`,
        fix: `name the Secret ${app.namespace}-${secretName}, or ask the platform team for secrets.grants {namespace: ${app.namespace}, names: [${secretName}]}`,
      },
    ],
  };
};
