/** AppTraffic objects for tests, told in few words. */
import type { Manifest } from '../../../src/kube/manifest.ts';

/** What a test says of an app; everything else is as short as the schema allows. */
export type AppSpec = {
  readonly hosts?: readonly string[];
  readonly external?: object;
  readonly internal?: object;
  readonly backends?: object;
  readonly selector?: object;
  readonly service?: object;
  readonly split?: object;
  readonly paused?: boolean;
};

/** The object; `name` may carry a namespace (`team/shop`), else it is in `team`. */
export function appObject(name: string, spec: AppSpec): Manifest {
  const [namespace = '', own = ''] = name.includes('/') ? name.split('/') : ['team', name];
  const { hosts, external, internal, backends, selector, service, split, paused } = spec;
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: own, namespace },
    spec: {
      port: 8080,
      ...(selector === undefined ? {} : { app: { selector } }),
      ...(service === undefined ? {} : { service }),
      ...(backends === undefined ? {} : { backends }),
      ...(split === undefined ? {} : { split }),
      ...(hosts === undefined && external === undefined ? {} : { external: { hosts, ...external } }),
      ...(internal === undefined ? {} : { internal }),
      ...(paused === undefined ? {} : { lifecycle: { paused } }),
    },
  };
}
