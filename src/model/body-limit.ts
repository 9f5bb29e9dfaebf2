/** Where bodies of requests from outside are limited: at the app's own pods, where Istio serves its hosts. */
import type { Located } from './located.ts';
import type { External } from './traffic.ts';

/** The largest body, in bytes, that the pods' sidecars let through; undefined: they limit none. Nobody asks for hosts that were not granted. */
export function bodyLimitAtPods(external: External | undefined): Located<number> | undefined {
  if (external === undefined || external.edge.kind === 'Ingress' || external.hosts.length === 0) return undefined;
  return external.maxBodyBytes;
}
