/** What an entry of `calls` names (api.md §4): an app, a server outside the cluster, or the API server. */
import type { At } from './located.ts';

/** Another app, or a Service that no AppTraffic has; on every port. */
export type AppCall = { readonly kind: 'App'; readonly namespace: string; readonly app: string; readonly at: At };

/** A server outside the cluster, on one port; lower-case, without a trailing dot. */
export type HostCall = { readonly kind: 'Host'; readonly host: string; readonly port: number; readonly at: At };

/** One entry of `calls`. */
export type Call = AppCall | HostCall | { readonly kind: 'KubeAPI'; readonly at: At };

/** A Service by namespace and name. */
export type ServiceRef = { readonly namespace: string; readonly service: string };

/** The Service of the API server (kubernetes.io, every cluster has it). */
export const kubeAPI: ServiceRef = { namespace: 'default', service: 'kubernetes' };

/** The port of a server elsewhere on which plain http is let through; on any other one it is TLS. */
export const plainHttpPort = 80;

/** A server elsewhere and its ports, ascending. */
export type CalledServer = { readonly host: string; readonly ports: readonly number[] };
