/** Sends the request of a pair through the real mesh and says what came of it. */
import { readAuthority } from '../../../src/decide/authority.ts';
import type { Answer, MeshRequest } from '../../testbed/mesh/request.ts';
import { headerValues } from '../../testbed/mesh/request.ts';
import type { HeaderLine } from '../../testbed/mesh/wire.ts';
import type { Echo } from '../../testbed/mesh/echo.ts';
import type { Connection, Ending } from './connections.ts';
import { podsWith } from './expected.ts';
import type { Observed } from './observed.ts';
import type { Pair } from './requests.ts';
import type { Stage } from './stage.ts';
import type { Prepared } from './world.ts';

/** What a request needs beside itself: who stands where. */
export type Place = {
  readonly stage: Stage;
  readonly prepared: Prepared;
  /** The cluster IP of a Service, by `namespace/name`. */
  readonly clusterIp: (service: string) => string;
};

/** Sends it; `number` spreads requests over clients. */
export async function observe(pair: Pair, place: Place, number: number): Promise<Observed> {
  return observedOf(await send(pair, place, number));
}

/**
 * Opens it and says who answers, or how it ends. What is said is a request, which servers understand on ports of which
 * proxies see connections alone.
 */
export async function connect({ authority, caller, to }: Connection, place: Place, number: number): Promise<Ending> {
  const { stage } = place;
  const said = { send: 'GET / HTTP/1.1\r\nHost: anybody\r\nConnection: close\r\n\r\n', until: '\0', withinMs: 10_000 };
  const client = caller === undefined ? internetClient(stage, number) : stage.callerOf(caller);
  const address = to === 'gateway' ? gatewayAddress(stage) : place.clusterIp(`${to.app.namespace}/${to.service}`);
  const port = to === 'gateway' ? readAuthority(authority).port : to.port;
  const { received, ended, during } = await client.talk({ ...said, to: `${address}:${port}` });
  const answer = received.slice(received.indexOf('{'), received.lastIndexOf('}') + 1);
  const echo = echoIn(answer);
  if (echo !== undefined) return `${echo.namespace}/${echo.pod}:${echo.port}`;
  if (received !== '') return `answered: ${received}`;
  if (ended === 'TIMEOUT') return 'no answer in time';
  return during === 'connect' && ended === 'ECONNREFUSED' ? 'refused' : 'closed';
}

type Message = Omit<MeshRequest, 'to'>;

function send(pair: Pair, place: Place, number: number): Promise<Answer> {
  const { request, caller, to } = pair;
  const message: Message = {
    method: request.method,
    path: `${request.path}${request.query}`,
    host: request.authority,
    headers: request.headers.map(({ name, value }) => [name, value] as const),
    ...(request.bodyBytes === undefined ? {} : { body: 'x'.repeat(request.bodyBytes) }),
    withinMs: 10_000,
  };
  if (to === 'nowhere') throw new Error('nobody gets a connection for this pair');
  if (to === 'gateway') return sendToGateway(pair, message, place.stage, number);
  if (caller === undefined) return sendToPod(to, message, place, number);
  const address = place.clusterIp(`${to.app.namespace}/${to.service}`);
  return place.stage.callerOf(caller).request({ ...message, to: `${address}:${to.port}` });
}

function sendToGateway({ request }: Pair, message: Message, stage: Stage, number: number): Promise<Answer> {
  const client = clientAt(request.clientIp, stage) ?? internetClient(stage, number);
  const address = gatewayAddress(stage);
  if (request.scheme === 'http') return client.request({ ...message, to: `${address}:80` });
  const { tlsVersion: maxVersion, clientCertificate } = request;
  const tls = {
    sni: readAuthority(request.authority).host,
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(clientCertificate === undefined ? {} : stage.clients[clientCertificate]),
  };
  return client.request({ ...message, tls, to: `${address}:443` });
}

function internetClient({ internet, mesh }: Stage, number: number): Stage['internet'][number] {
  return internet[number % internet.length] ?? mesh.internet;
}

/** Undefined: it may come from anywhere. */
function clientAt(address: string | undefined, { internet }: Stage): Stage['internet'][number] | undefined {
  if (address === undefined) return undefined;
  const client = internet.find((one) => one.address === address);
  if (client === undefined) throw new Error(`no client is at ${address}`);
  return client;
}

function gatewayAddress({ mesh }: Stage): string {
  return mesh.gateways[0]?.address ?? '';
}

/** Without a sidecar nothing leads to a cluster IP, so plaintext goes to one of the pods. */
function sendToPod(
  to: Exclude<Pair['to'], string>,
  message: Message,
  { stage, prepared }: Place,
  number: number,
): Promise<Answer> {
  const own = prepared.asked.find(({ app }) => app.namespace === to.app.namespace && app.name === to.app.name);
  const port = own?.ports.find((one) => one.port === to.port)?.targetPort ?? 0;
  const pods = own === undefined ? [] : podsWith(own.app.namespace, own.selector, port);
  const [pod = ''] = pods[number % pods.length]?.split(':') ?? [];
  return stage.outsider.request({ ...message, to: `${stage.podAddress(pod)}:${port}` });
}

function observedOf(answer: Answer): Observed {
  if (answer.connectionError !== undefined) {
    return { is: 'none', why: `${answer.connectionError} during ${answer.during}` };
  }
  const [location] = headerValues(answer.headers, 'location');
  const echo = echoIn(answer.body);
  return {
    is: 'answer',
    status: answer.status,
    responseHeaders: joinedHeaders(answer.headers),
    ...(location === undefined ? {} : { location }),
    ...(echo === undefined ? { body: answer.body } : { seen: seenBy(echo) }),
    tries: echo?.count ?? 0,
  };
}

/** What the pod's app said; undefined: a proxy answered. */
function echoIn(body: string): Echo | undefined {
  if (!body.startsWith('{"pod":')) return undefined;
  return JSON.parse(body) as Echo;
}

function seenBy({
  namespace,
  pod,
  port,
  path,
  query,
  host,
  headers,
}: Echo): NonNullable<(Observed & { is: 'answer' })['seen']> {
  return {
    pod: `${namespace}/${pod}`,
    port,
    path: query === null ? path : `${path}?${query}`,
    // Over HTTP/2 the host is no line of its own.
    headers: { ...joinedHeaders(headers), host },
  };
}

function joinedHeaders(headers: readonly HeaderLine[]): Readonly<Record<string, string>> {
  const names = [...new Set(headers.map(([name]) => name.toLowerCase()))];
  return Object.fromEntries(names.map((name) => [name, headerValues(headers, name).join(',')]));
}
