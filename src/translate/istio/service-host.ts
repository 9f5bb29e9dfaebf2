/** Names under which Istio knows Services: always fully qualified, because Istio expands a short one by the namespace of the object it stands in. */
import type { Platform } from '../../model/platform.ts';
import type { Traffic } from '../../model/traffic.ts';

/** `<service>.<namespace>.svc.<cluster domain>`. */
export function serviceHost(
  service: { readonly namespace: string; readonly name: string },
  platform: Pick<Platform, 'clusterDomain'>,
): string {
  return `${service.name}.${service.namespace}.svc.${platform.clusterDomain}`;
}

/** The host of the app's own Service. */
export function ownHost(
  { app, service }: Pick<Traffic, 'app' | 'service'>,
  platform: Pick<Platform, 'clusterDomain'>,
): string {
  return serviceHost({ namespace: app.namespace, name: service.name }, platform);
}
