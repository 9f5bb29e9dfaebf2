/** AT0213: a server elsewhere is named by a name of this cluster: that would go around the grants for Services. */
import type { Platform } from '../model/platform.ts';
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import { isBackendGranted } from './backend-grants.ts';
import type { Policy } from './policy.ts';

/** One problem for each backend and each call, and for a Service of type ExternalName, whose name is one of the cluster's Services. */
export const backendHosts: Policy = ({ app, backends, service, internal }, { platform }) => ({
  problems: [
    ...backends.flatMap((backend) =>
      backend.kind === 'Host' && isOfCluster(backend.host, platform)
        ? [ofCluster(`backend ${backend.name} names ${backend.host} by host`, backend.at, platform)]
        : [],
    ),
    ...(internal?.calls?.value ?? []).flatMap((call) =>
      call.kind === 'Host' && isOfCluster(call.host, platform)
        ? [
            {
              ...ofCluster(`calls names ${call.host} by host`, call.at, platform),
              fix: 'name the app or its Service, under app and namespace, or the API server as preset KubeAPI',
            },
          ]
        : [],
    ),
    ...ofExternalName(service, app.namespace, platform),
  ],
});

/** Istio and ingress controllers take such a name for the Service that it is; one that may be a backend may stand there. */
function ofExternalName(
  { name, externalName, at }: Traffic['service'],
  namespace: string,
  platform: Platform,
): readonly Problem[] {
  if (externalName === undefined || !isOfCluster(externalName, platform)) return [];
  const [meant = '', of = '', ...rest] = externalName.split('.');
  const isService = rest.join('.') === `svc.${platform.clusterDomain}`;
  if (isService && isBackendGranted({ namespace: of, service: meant }, namespace, platform)) return [];
  return [ofCluster(`Service ${name} stands for ${externalName}`, `${at}.externalName`, platform)];
}

function ofCluster(what: string, field: string, { clusterDomain }: Platform): Problem {
  return {
    code: 'AT0213',
    field,
    message: `${what}, and names that end in .svc or below ${clusterDomain} are those of this cluster's Services`,
    fix: 'name the Service as a backend, under service {name, namespace, port}',
  };
}

function isOfCluster(host: string, { clusterDomain }: Pick<Platform, 'clusterDomain'>): boolean {
  return host === clusterDomain || host.endsWith(`.${clusterDomain}`) || host.endsWith('.svc');
}
