/** AT0701 for what requests from outside must meet where the sidecars of the app's pods would not see to it. */
import { isOwnPods } from '../../model/backend.ts';
import type { EntryPolicy } from '../../model/entry-policy.ts';
import type { At, Located } from '../../model/located.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import { ownSidecarProblems } from './at-own-sidecar.ts';

/** Nothing is called protected that is not. */
export function entryPolicyProblems(
  { allowCIDRs, denyCIDRs, routes }: EntryPolicy,
  external: External,
  traffic: Pick<Traffic, 'service'>,
): readonly Problem[] {
  const protectedRoutes = routes.filter(({ features: { auth } }) => auth !== undefined);
  const [first] = protectedRoutes;
  return [
    ...rangeProblems('allowCIDRs', allowCIDRs, { external, routes, traffic }),
    ...rangeProblems('denyCIDRs', denyCIDRs, { external, routes, traffic }),
    // What routes ask for is refused there beside everything else of theirs.
    ...(first === undefined || external.passthrough !== undefined
      ? []
      : ownSidecarProblems(
          {
            at: first.features.auth?.at ?? first.at,
            isKept: 'auth is checked',
            name: 'auth',
            field: 'external.auth, or write auth: {mode: None} on the route',
            routes: protectedRoutes,
          },
          external,
          traffic,
        )),
  ];
}

type Around = {
  readonly external: External;
  readonly routes: readonly Route[];
  readonly traffic: Pick<Traffic, 'service'>;
};

function rangeProblems(
  name: 'allowCIDRs' | 'denyCIDRs',
  ranges: Located<readonly string[]> | undefined,
  { external, routes, traffic }: Around,
): readonly Problem[] {
  if (ranges === undefined) return [];
  const kept = { at: ranges.at, isKept: `${name} are kept`, name, field: `external.${name}`, routes };
  return [
    ...ownSidecarProblems(kept, external, traffic),
    ...connections(name, ranges.at, external),
    ...copies(name, routes),
  ];
}

/** Envoy adds its own address to X-Forwarded-For of a copy, and a sidecar goes by the last one (seen on Envoy 1.40). */
function copies(name: string, routes: readonly Route[]): readonly Problem[] {
  return routes.flatMap(({ features: { mirror } }) =>
    mirror === undefined || !isOwnPods(mirror.value.backend)
      ? []
      : [
          {
            code: 'AT0701' as const,
            field: mirror.at,
            message: 'Istio has no way for it: copies of requests reach the pods with the address of the gateway',
            fix: `remove mirror, or remove external.${name}`,
          },
        ],
  );
}

/** Over a TCP connection the pods see nobody but the gateway. */
function connections(name: string, field: At, { tcp }: External): readonly Problem[] {
  if (tcp.length === 0) return [];
  return [
    {
      code: 'AT0701',
      field,
      message:
        'Istio has no way for it: connections to the ports of external.tcp reach the pods with the address of the gateway',
      fix: `remove external.tcp, or remove external.${name}`,
    },
  ];
}
