/** Servers elsewhere: outside the cluster, known to Istio by a name of the app (hack/decisions/0017). */
import { hostBackendName } from '../../kube/identity.ts';
import type { Backend } from '../../model/backend.ts';
import type { Platform } from '../../model/platform.ts';
import type { Route } from '../../model/route.ts';
import type { Service, Traffic } from '../../model/traffic.ts';

/** A server elsewhere. */
export type ServerElsewhere = {
  /** Unique in the app. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
};

/** The port by which Istio knows every server elsewhere, whatever port that has. */
export const knownPort = 80;

/** The name behind a Service of type ExternalName, where it is none of the cluster's: Istio knows no endpoints of such a Service. */
export function nameElsewhere(
  { type, externalName }: Pick<Service, 'type' | 'externalName'>,
  { clusterDomain }: Pick<Platform, 'clusterDomain'>,
): string | undefined {
  if (type !== 'ExternalName' || externalName?.endsWith(`.${clusterDomain}`) === true) return undefined;
  return externalName;
}

/** The server that the backend of a route is; undefined: it is in the cluster. */
export function serverElsewhere(
  backend: Backend,
  { port }: Pick<Route, 'port'>,
  { traffic, platform }: { readonly traffic: Pick<Traffic, 'service'>; readonly platform: Platform },
): ServerElsewhere | undefined {
  if (backend.kind === 'Host') return backend;
  const host = backend.kind === 'App' ? nameElsewhere(traffic.service, platform) : undefined;
  // A backend has no dot in its name.
  return host === undefined ? undefined : { name: `${port.name}.app`, host, port: port.port, tls: false };
}

/** The host under which Istio knows the server. */
export function knownHost({ app }: Pick<Traffic, 'app'>, { name }: ServerElsewhere): string {
  return hostBackendName(app, name);
}
