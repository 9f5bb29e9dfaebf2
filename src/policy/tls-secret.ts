/** AT0208: on Istio the Secrets of TLS live beside the gateway's pods, so their names say which namespace may use them. */
import type { Located } from '../model/located.ts';
import type { External } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** Every Secret's name must start with `<namespace>-`, or be granted to the namespace (api.md §9). */
export const tlsSecret: Policy = ({ app: { namespace }, external }, { platform }) => {
  if (external === undefined || external.edge.kind === 'Ingress') return { problems: [] };
  const granted = platform.secrets.grants.flatMap((grant) => (grant.namespace === namespace ? grant.names : []));
  return {
    problems: secretsOf(external)
      .filter(({ value }) => !value.startsWith(`${namespace}-`) && !granted.includes(value))
      .map(({ value, at }) => ({
        code: 'AT0208',
        field: at,
        message: `Secret ${value} lives in the gateway's namespace and namespace ${namespace} may not use it there`,
        fix: `name the Secret ${namespace}-${value}, or ask the platform team for secrets.grants {namespace: ${namespace}, names: [${value}]}`,
      })),
  };
};

/** The Secrets that the gateway is told to read. */
function secretsOf({ tls, clientCa }: External): readonly Located<string>[] {
  return [
    ...(tls?.value.secretName === undefined ? [] : [{ value: tls.value.secretName, at: tls.at }]),
    ...(clientCa === undefined ? [] : [clientCa]),
  ];
}
