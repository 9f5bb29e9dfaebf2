/** AppTraffic objects for tests, told in few words. */
import type { Manifest } from '../../../src/kube/manifest.ts';

/** What a test says of an app; everything else is as short as the schema allows. */
export type AppSpec = {
  readonly hosts?: readonly string[];
  /** Absent: one http port. */
  readonly ports?: readonly object[];
  readonly external?: object;
  readonly internal?: object;
  readonly observability?: object;
  readonly backends?: object;
  readonly selector?: object;
  readonly serviceAccount?: string;
  readonly service?: object;
  readonly split?: object;
  readonly weightsManagedBy?: string;
  readonly resilience?: object;
  readonly paused?: boolean;
  readonly lifecycle?: object;
};

/** The object; `name` may carry a namespace (`team/shop`), else it is in `team`. */
export function appObject(name: string, spec: AppSpec): Manifest {
  const [namespace = '', own = ''] = name.includes('/') ? name.split('/') : ['team', name];
  const { hosts, ports, external, selector, serviceAccount, paused, lifecycle, ...rest } = spec;
  const app = given({ selector, serviceAccount });
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name: own, namespace },
    spec: given({
      port: ports === undefined ? 8080 : undefined,
      ports,
      app: Object.keys(app).length === 0 ? undefined : app,
      ...rest,
      external: hosts === undefined && external === undefined ? undefined : given({ hosts, ...external }),
      lifecycle: paused === undefined ? lifecycle : { paused, ...lifecycle },
    }),
  };
}

/** The fields that are given. */
function given(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
