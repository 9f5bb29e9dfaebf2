/** The gateway that serves an app's hosts on Istio: which Gateway object, which workload, and how our objects beside it are called. */
import { childName } from '../../kube/identity.ts';
import type { KindName } from '../../kube/gvk.ts';
import type { GatewayEntry, Platform } from '../../model/platform.ts';
import { servingEntryOf } from '../../model/tls-served.ts';
import type { Traffic } from '../../model/traffic.ts';

/** A serving gateway. */
export type ServingGateway = {
  /** What the platform says of its workload: selector, ports, identity. */
  readonly entry: GatewayEntry;
  /** The Gateway as VirtualServices name it: `<namespace>/<name>`. */
  readonly reference: string;
  /** The name of a child on this gateway; `host`: the one for this host alone. */
  readonly nameOf: (kind: KindName, host?: string) => string;
};

/** The role of children on a Gateway that is generated beside the app. */
const generatedRole = 'istio';

/** The gateway that serves the app; undefined: Istio does not serve it, or the platform has no entry for the gateway. */
export function servingGateway(
  { app, external }: Pick<Traffic, 'app' | 'external'>,
  platform: Pick<Platform, 'gateways'>,
): ServingGateway | undefined {
  if (external === undefined || external.edge.kind === 'Ingress') return undefined;
  const entry = servingEntryOf(external.edge, platform);
  if (entry === undefined) return undefined;
  if (external.edge.kind === 'NamedGateway') {
    const { namespace, name } = external.edge;
    // Both parts are the user's: a-b/c and a/b-c would collide once joined.
    const nameOf: ServingGateway['nameOf'] = (kind, host) =>
      childName(kind, app.name, [namespace, name, ...(host === undefined ? [] : [host])], true);
    return { entry, reference: `${namespace}/${name}`, nameOf };
  }
  const nameOf: ServingGateway['nameOf'] = (kind, host) =>
    host === undefined
      ? childName(kind, app.name, [generatedRole])
      : childName(kind, app.name, [generatedRole, host], true);
  return { entry, reference: `${app.namespace}/${nameOf('Gateway')}`, nameOf };
}
