/** Claims: which app wants which host with which routes, and the evidence that decides between two of them (api.md §6). */
import type { AppRef } from './traffic.ts';
import type { Route } from './route.ts';

/** Gateway pods, as their namespace and labels: equal text means the same listeners; `tls`: they serve the host over TLS. */
export type GatewayPods = { readonly workload: string; readonly tls: boolean };

/** One app's wish to serve one host, or what it serves without wishing to any more. All times RFC 3339 in UTC to the second, as Kubernetes writes them: they compare as text. */
export type HostClaim = {
  readonly app: AppRef;
  /** Normalized: lower-case, no trailing dot, optionally a leading `*.`; or `:5432`, a port on which gateway pods listen. */
  readonly host: string;
  /** Where the host would be served: `generated`, `gateway/<namespace>/<name>` or `ingress/<class>` (no class named: `ingress/`). */
  readonly edge: string;
  readonly httpsRedirect: boolean;
  /** Istio: the gateway pods that serve the host. Absent for an Ingress, and where only live objects tell of the host. */
  readonly gatewayPods?: GatewayPods;
  /** The app's routes that a request for this host can reach. */
  readonly routes: readonly Route[];
  /**
   * Names of the routes that the app's live objects carry for this host now, with the match that `routes` has: a route
   * whose match was edited is not live until it is written. Undefined: no live object carries the host.
   */
  readonly liveRoutes?: readonly string[];
  /** `status.hosts[].since`: when the host was granted. */
  readonly since?: string;
  /** metadata.creationTimestamp of the AppTraffic. */
  readonly created: string;
  /**
   * The app's spec does not ask for this: live objects still serve it, and stand as they are because the app is refused
   * or paused, or moves to another edge. `routes` are read off those objects.
   */
  readonly standing?: true;
};
