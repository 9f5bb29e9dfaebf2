/** What `decide` lets a request get under a spec, as answers that a client can tell apart. */
import type { InputObject } from '../../../src/cli/input/input-object.ts';
import { servedOffline } from '../../../src/cli/question/served-offline.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { HttpRequest } from '../../../src/decide/request.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { Identity } from '../../../src/model/identity.ts';
import type { Platform } from '../../../src/model/platform.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import type { Expected } from '../differential/expected.ts';

/** A pod that answers, and its labels. */
export type AnsweringPod = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** A request from outside, or with `caller` from a workload in the mesh to a Service. */
export type Ask = {
  readonly method?: string;
  readonly scheme?: 'http' | 'https';
  /** Host header. */
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address of a client outside. */
  readonly clientIp?: string;
  /** The token that the header authorization shows. */
  readonly token?: HttpRequest['token'];
  readonly caller?: Identity;
};

/** What a spec is judged in. */
export type Ground = {
  readonly platform: Platform;
  /** Objects that the app depends on: IngressClasses, Gateways. */
  readonly others: readonly Manifest[];
  readonly pods: readonly AnsweringPod[];
};

const inputOf = (manifest: Manifest): InputObject => ({
  kind: manifest.kind as InputObject['kind'],
  manifest,
  positionOf: () => ({ file: 'test', line: 1, column: 1 }),
});

const now = '2026-01-01T00:00:00Z';

/** Gives, for these AppTraffics, the answers that a request may get. Throws where one of them is refused. */
export function allowedBy(
  apps: readonly Manifest[],
  { platform, others, pods }: Ground,
): (ask: Ask) => readonly Expected[] {
  const { served, refused } = servedOffline({ apps: apps.map(inputOf), others: others.map(inputOf) }, platform, now);
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
  return (ask) => {
    const decision = decide({ ...served, request: requestOf(ask), caller: ask.caller });
    const own = served.apps.find(({ traffic: { app } }) => app.name === decision.app?.name)?.traffic;
    return expectedOf(decision, ask, { own, pods });
  };
}

function requestOf({ method = 'GET', scheme = 'http', host, path, headers = {}, clientIp, token }: Ask): HttpRequest {
  const mark = path.indexOf('?');
  return {
    method,
    scheme,
    authority: host,
    path: mark < 0 ? path : path.slice(0, mark),
    query: mark < 0 ? '' : path.slice(mark),
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    ...(clientIp === undefined ? {} : { clientIp }),
    ...(token === undefined ? {} : { token }),
  };
}

type Behind = { readonly own: Traffic | undefined; readonly pods: readonly AnsweringPod[] };

function expectedOf(decision: Decision, ask: Ask, { own, pods }: Behind): readonly Expected[] {
  const { forwarded, status, location } = decision;
  if (forwarded === undefined) {
    if (status === undefined) return [{ is: 'none' }];
    return [{ is: 'proxy', status, ...(location === undefined ? {} : { location }) }];
  }
  if (own === undefined) throw new Error(`nobody's request: ${decision.why}`);
  const routes = (ask.caller === undefined ? own.external?.routes : own.internal?.routes) ?? [];
  const port = routes.find(({ name }) => name === decision.route)?.port ?? own.ports[0];
  const live = forwarded.backends.filter(({ weight }) => weight > 0);
  const answering = live.flatMap(({ name }) => podsOf(name, own, pods));
  const mark = ask.path.indexOf('?');
  return [
    {
      is: 'pod',
      pods: answering.map((pod) => `${pod.namespace}/${pod.name}:${port?.targetPort ?? 0}`).sort(),
      path: `${forwarded.path}${mark < 0 ? '' : ask.path.slice(mark)}`,
      headers: Object.fromEntries(
        Object.entries(forwarded.setHeaders).map(([key, value]) => [key.toLowerCase(), value]),
      ),
    },
  ];
}

function podsOf(name: string, own: Traffic, pods: readonly AnsweringPod[]): readonly AnsweringPod[] {
  const backend = own.backends.find((one) => one.name === name);
  if (backend?.kind === 'Service' || backend?.kind === 'Host') {
    throw new Error(`backend ${name} is not the app's pods, and probers know no others`);
  }
  const labels = Object.entries({ ...own.selector, ...(backend?.kind === 'Subset' ? backend.labels : {}) });
  return pods.filter(
    (pod) => pod.namespace === own.app.namespace && labels.every(([key, value]) => pod.labels[key] === value),
  );
}
