/** AT0218: an issuer signs whatever it is asked for, so the platform says whose apps may ask it. */
import type { Policy } from './policy.ts';

/** The issuer must be granted to the app's namespace (settings, certManager.issuers). */
export const issuerGrants: Policy = ({ app: { namespace }, external }, { platform }) => {
  const issuer = external?.tls?.value.issuer;
  if (external?.tls === undefined || issuer === undefined || external.edge.kind === 'Ingress') return { problems: [] };
  const granted = platform.certManager.issuers.filter(
    ({ namespaces }) => namespaces === undefined || namespaces.includes(namespace),
  );
  if (granted.some(({ kind, name }) => kind === issuer.kind && name === issuer.name)) return { problems: [] };
  const names = granted.map(({ kind, name }) => `${kind} ${name}`);
  const ask = `ask the platform team for certManager.issuers {kind: ${issuer.kind}, name: ${issuer.name}, namespaces: [${namespace}]}`;
  return {
    problems: [
      {
        code: 'AT0218',
        field: external.tls.at,
        message: `${issuer.kind} ${issuer.name} is not granted to namespace ${namespace}`,
        fix: names.length === 0 ? ask : `use ${names.sort().join(' or ')}, or ${ask}`,
      },
    ],
  };
};
