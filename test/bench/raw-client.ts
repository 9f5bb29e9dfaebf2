/** The physical limit: a client without any logic that sends the writes of converged apps over eight kept-alive connections. */
import { Agent } from 'node:https';
import { send } from '../testbed/http.ts';
import type { Endpoint } from '../testbed/http.ts';
import type { KubeObject } from '../testbed/kube-object.ts';

/** How children are written. */
export type WriteVerb = 'apply' | 'post';

/** The writes of one app, ready to be sent: children, then status. */
export type RawApp = { readonly children: readonly KubeObject[]; readonly status: KubeObject };

const connections = 8;
const manager = 'fieldManager=apptraffic-controller';

/** Sends all writes of all apps, children of one app side by side, status last. Resolves with the seconds it took. */
export async function writeRaw(endpoint: Endpoint, apps: readonly RawApp[], verb: WriteVerb): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const queue = [...apps];
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let app = queue.shift(); app !== undefined; app = queue.shift()) {
      await Promise.all(app.children.map((child) => write(endpoint, agent, child, verb)));
      await put(endpoint, agent, `${pathOf(app.status)}/status?${manager}&force=true`, app.status);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, worker));
  } finally {
    agent.destroy();
  }
  return (performance.now() - started) / 1000;
}

async function write(endpoint: Endpoint, agent: Agent, object: KubeObject, verb: WriteVerb): Promise<void> {
  if (verb === 'apply') return put(endpoint, agent, `${pathOf(object)}?${manager}&fieldValidation=Strict`, object);
  const path = pathOf(object).split('/').slice(0, -1).join('/');
  const answer = await send(endpoint, {
    method: 'POST',
    path: `${path}?${manager}&fieldValidation=Strict`,
    body: object,
    agent,
  });
  if (answer.status >= 300) throw new Error(`raw client: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function put(endpoint: Endpoint, agent: Agent, path: string, object: KubeObject): Promise<void> {
  const answer = await send(endpoint, {
    method: 'PATCH',
    path,
    body: object,
    contentType: 'application/apply-patch+yaml',
    agent,
  });
  if (answer.status >= 300) throw new Error(`raw client: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Plurals of the kinds that the bench writes. */
const plurals: Readonly<Record<string, string>> = {
  Service: 'services',
  Gateway: 'gateways',
  VirtualService: 'virtualservices',
  DestinationRule: 'destinationrules',
  PeerAuthentication: 'peerauthentications',
  AuthorizationPolicy: 'authorizationpolicies',
  AppTraffic: 'apptraffics',
};

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${metadata.namespace ?? ''}/${plurals[kind] ?? ''}/${metadata.name ?? ''}`;
}
