/** AT0213: a server elsewhere is named by a name of this cluster: that would go around the grants for Services. */
import type { HostBackend } from '../model/backend.ts';
import type { Platform } from '../model/platform.ts';
import type { Policy } from './policy.ts';

/** One problem for each backend whose host is below the cluster's domain. */
export const backendHosts: Policy = ({ backends }, { platform }) => ({
  problems: backends
    .flatMap((backend) => (backend.kind === 'Host' && isOfCluster(backend, platform) ? [backend] : []))
    .map(({ name, host, at }) => ({
      code: 'AT0213',
      field: at,
      message: `backend ${name} names ${host} by host, and names below ${platform.clusterDomain} are those of this cluster's Services`,
      fix: 'name the Service under service {name, namespace, port}',
    })),
});

function isOfCluster({ host }: HostBackend, { clusterDomain }: Pick<Platform, 'clusterDomain'>): boolean {
  return host === clusterDomain || host.endsWith(`.${clusterDomain}`);
}
