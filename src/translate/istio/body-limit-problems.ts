/** AT0701 for limits of bodies that the sidecars of the app's pods could not keep. */
import type { Problem } from '../../model/problem.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import { ownSidecarProblems } from './at-own-sidecar.ts';

/** The sidecar hands a request on once its body is whole. */
export function bodyLimitProblems(external: External, traffic: Pick<Traffic, 'service'>): readonly Problem[] {
  const { maxBodyBytes, routes } = external;
  if (maxBodyBytes === undefined) return [];
  const kept = {
    at: maxBodyBytes.at,
    isKept: 'maxBodySize is kept',
    name: 'maxBodySize',
    field: 'external.maxBodySize',
    routes,
    notOnGrpc: 'the pods get a request once its body is whole, and a stream of gRPC never is',
  };
  return ownSidecarProblems(kept, external, traffic);
}
