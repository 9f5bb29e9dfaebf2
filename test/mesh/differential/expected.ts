/** What a decision lets a client see. */
import type { Decision } from '../../../src/decide/decision.ts';
import type { Backend } from '../../../src/model/backend.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { groundPods, sharedPods, strangerService } from './ground.ts';
import type { Pair } from './requests.ts';
import type { Prepared } from './world.ts';

/** Pods that may answer. */
export type ExpectedPods = {
  /** `namespace/name` and container port, as `namespace/name:port`; sorted. */
  readonly pods: readonly string[];
  /** With the query. */
  readonly path: string;
  /** Headers that the pod sees, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
};

/** One thing that may be seen: an answer of a proxy, of a pod, or none. */
export type Expected =
  | { readonly is: 'none' }
  | { readonly is: 'proxy'; readonly status: number; readonly location?: string }
  | ({ readonly is: 'pod' } & ExpectedPods);

/** Everything that may be seen; a split to a backend that cannot answer gives several. */
export function expectationsOf(decision: Decision, { request, to }: Pair, prepared: Prepared): readonly Expected[] {
  const { forwarded, status, location } = decision;
  if (forwarded === undefined) {
    if (status === undefined) return [{ is: 'none' }];
    return [{ is: 'proxy', status, ...(location === undefined ? {} : { location }) }];
  }
  const own = prepared.served.apps.find(({ traffic: { app } }) => sameApp(app, decision.app))?.traffic;
  if (own === undefined) throw new Error(`an app that is not served was decided for: ${JSON.stringify(decision.app)}`);
  const targetPort = portOf(own, decision.route, to);
  const live = forwarded.backends.filter(({ weight }) => weight > 0).map(({ name }) => name);
  const refused = live.filter((name) =>
    decision.notes.some((note) => note.startsWith(`backend ${name} refuses its share`)),
  );
  const podsPer = live.map((name) => (refused.includes(name) ? [] : podsBehind(name, own, { targetPort, prepared })));
  const headers = Object.fromEntries(Object.entries(forwarded.setHeaders).map(([k, v]) => [k.toLowerCase(), v]));
  const pods = [...new Set(podsPer.flat())].sort();
  return [
    ...(pods.length === 0 ? [] : [{ is: 'pod' as const, pods, path: `${forwarded.path}${request.query}`, headers }]),
    // A backend without endpoints: 503 (api.md §3).
    ...(podsPer.some((some, i) => some.length === 0 && !refused.includes(live[i] ?? ''))
      ? [{ is: 'proxy' as const, status: 503 }]
      : []),
    ...(refused.length === 0 ? [] : [{ is: 'proxy' as const, status: 403 }]),
  ];
}

const sameApp = (a: Traffic['app'], b: Decision['app']): boolean => a.namespace === b?.namespace && a.name === b.name;

/** The container port that a route, or the plain Service, leads to. */
function portOf({ external, internal, ports }: Traffic, name: string | undefined, to: Pair['to']): number {
  const routes: readonly Route[] = (typeof to === 'object' ? internal?.routes : external?.routes) ?? [];
  const route = name === undefined ? undefined : routes.find((one) => one.name === name);
  const plain = typeof to !== 'object' ? undefined : ports.find(({ port }) => port === to.port);
  const port = route?.port ?? plain;
  if (port === undefined) throw new Error(`no port is meant by route ${name ?? '(none)'}`);
  return port.targetPort;
}

function podsBehind(
  name: string,
  own: Traffic,
  { targetPort, prepared }: { readonly targetPort: number; readonly prepared: Prepared },
): readonly string[] {
  const backend = own.backends.find((one) => one.name === name);
  if (backend === undefined) throw new Error(`no backend is called ${name}`);
  if (backend.kind === 'Service') return podsOfService(backend, prepared.asked);
  const labels = { ...own.selector, ...(backend.kind === 'Subset' ? backend.labels : {}) };
  return podsWith(own.app.namespace, labels, targetPort);
}

function podsOfService(
  { namespace, service, port }: Backend & { kind: 'Service' },
  apps: readonly Traffic[],
): readonly string[] {
  if (service === strangerService) return podsWith(namespace, sharedPods, 8080);
  const found = apps.find((one) => one.app.namespace === namespace && one.service.name === service);
  const meant = found?.ports.find((one) => one.port === port);
  return found === undefined || meant === undefined ? [] : podsWith(namespace, found.selector, meant.targetPort);
}

/** Pods of the ground with these labels, as `namespace/name:port`. */
export function podsWith(namespace: string, labels: Readonly<Record<string, string>>, port: number): readonly string[] {
  return groundPods
    .filter(
      (pod) => pod.namespace === namespace && Object.entries(labels).every(([key, value]) => pod.labels[key] === value),
    )
    .map((pod) => `${pod.namespace}/${pod.name}:${port}`);
}
