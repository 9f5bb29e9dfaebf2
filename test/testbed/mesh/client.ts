/** Something that sends requests: a namespace on the network of a mesh. */
import { isIPv4 } from 'node:net';
import type { ApiClient } from '../api-client.ts';
import type { ControlPlane } from '../control-plane.ts';
import { field } from '../kube-object.ts';
import type { Echo } from './echo.ts';
import type { Namespace } from './namespace.ts';
import type { Attached, Network } from './network.ts';
import { echoOf, headerList, wireRequest } from './request.ts';
import type { Answer, MeshRequest } from './request.ts';
import type { GrpcCall, GrpcResult, TalkResult, WebsocketResult, WireTalk } from './wire.ts';

/** What pods, gateways and clients are made in. */
export type Site = { readonly plane: ControlPlane; readonly network: Network; readonly rootCertificate: string };

/** The headers that ask for a websocket (RFC 6455 §4.1). */
const handshake = [
  ['connection', 'Upgrade'],
  ['upgrade', 'websocket'],
  ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['sec-websocket-version', '13'],
] as const;

/** Something that sends requests. */
export type Client = {
  readonly name: string;
  readonly address: string;
  readonly namespace: Namespace;
  /** Sends one request; a broken connection is an answer too. */
  readonly request: (request: MeshRequest) => Promise<Answer>;
  /** Sends one request that an echo server answers, and gives what it saw; rejects when anybody else answers, or nobody. */
  readonly echo: (request: MeshRequest) => Promise<Echo>;
  /** Makes one gRPC call; a broken connection is an answer too. */
  readonly grpc: (call: MeshCall) => Promise<GrpcResult>;
  /** Opens a websocket, leaves it alone for `silentMs` and asks for an echo; a broken connection is an answer too. */
  readonly websocket: (request: MeshRequest & { readonly silentMs: number }) => Promise<WebsocketResult>;
  /** Says something over a TCP connection; a broken connection is an answer too. */
  readonly talk: (talk: MeshTalk) => Promise<TalkResult>;
};

/** What is said over a TCP connection of its own, and the end of what is waited for. */
export type MeshTalk = Pick<MeshRequest, 'to' | 'withinMs'> & Pick<WireTalk, 'send' | 'until'>;

/** One gRPC call with one message, over HTTP/2 on a connection of its own. */
export type MeshCall = Pick<MeshRequest, 'to' | 'withinMs'> &
  Pick<GrpcCall, 'path' | 'message' | 'tls'> & {
    /** The authority; default that of `to`. */
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };

/** The address behind the name of a Service, as DNS would tell: its cluster IP, of a headless one an endpoint's. */
async function addressOf(api: ApiClient, host: string): Promise<string> {
  if (isIPv4(host)) return host;
  const [name = '', namespace = 'default'] = host.split('.');
  const clusterIp = field(await api.get({ apiVersion: 'v1', kind: 'Service', namespace, name }), 'spec', 'clusterIP');
  if (typeof clusterIp === 'string' && isIPv4(clusterIp)) return clusterIp;
  const slices = await api.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace });
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const addresses = own.flatMap((slice) => {
    const endpoints = (field(slice, 'endpoints') ?? []) as readonly object[];
    return endpoints.map((endpoint) => field(endpoint, 'addresses', 0));
  });
  if (typeof addresses[0] !== 'string') throw new Error(`no address for ${host}`);
  return addresses[0];
}

/** The client that sends from a namespace. */
export function clientIn({ namespace, address }: Attached, name: string, api: ApiClient): Client {
  const send: Client['request'] = async (request) => {
    const [host = '', port = ''] = request.to.split(':');
    return namespace.send(wireRequest(request, await addressOf(api, host), Number(port)));
  };
  const grpc: Client['grpc'] = async ({ to, host = to, headers = {}, withinMs = 20_000, ...call }) => {
    const [service = '', port = ''] = to.split(':');
    const there = { address: await addressOf(api, service), port: Number(port), authority: host };
    const question = { ...call, ...there, headers: Object.entries(headers), withinMs };
    return (await namespace.ask({ ask: 'grpc', call: question })) as GrpcResult;
  };
  const talk: Client['talk'] = async ({ to, withinMs = 20_000, ...said }) => {
    const [service = '', port = ''] = to.split(':');
    const there = { ...said, address: await addressOf(api, service), port: Number(port), withinMs };
    return (await namespace.ask({ ask: 'talk', talk: there })) as TalkResult;
  };
  const websocket: Client['websocket'] = async ({ silentMs, ...request }) => {
    const [host = '', port = ''] = request.to.split(':');
    const opening = [...handshake, ...headerList(request.headers)];
    const wire = wireRequest({ ...request, headers: opening }, await addressOf(api, host), Number(port));
    const call = { ...wire, message: 'still there?', silentMs };
    return (await namespace.ask({ ask: 'websocket', call })) as WebsocketResult;
  };
  return {
    name,
    address,
    namespace,
    websocket,
    talk,
    request: send,
    echo: async (request) => echoOf(await send(request)),
    grpc,
  };
}

/** A new client outside the mesh, at that address. */
export async function createClient({ plane, network }: Site, name: string, address: string): Promise<Client> {
  return clientIn(await network.attach(name, address), name, plane.api);
}
