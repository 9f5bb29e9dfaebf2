/** Offline: which controller serves an Ingress is known from its class alone, so a class that is named and not given is told of. */
import type { Policy } from './policy.ts';

/** Tells of an IngressClass that is not given: it is taken to be there, with a controller that nothing is known of. */
export const ingressClass: Policy = ({ external }, { assumesPresent, ingressClasses, platform }) => {
  const name = external?.edge.kind === 'Ingress' ? external.edge.className : undefined;
  if (name === undefined || !assumesPresent) return { problems: [] };
  const isSaid = platform.ingressClasses.some((one) => one.name === name && one.dialect !== undefined);
  if (isSaid || ingressClasses.some((one) => one.name === name)) return { problems: [] };
  return { problems: [], assumed: [`IngressClass ${name} (its controller unknown, so plain Ingress)`] };
};
