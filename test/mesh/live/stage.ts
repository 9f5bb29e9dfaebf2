/** The stage of live cases: a mesh, the apps of all cases, and the means to ask it, `decide` and the table at once. */
import { servedOffline } from '../../../src/cli/question/served-offline.ts';
import type { ServedOffline } from '../../../src/cli/question/served-offline.ts';
import { withToken } from '../../../src/cli/question/bearer-token.ts';
import { readRequest } from '../../../src/cli/question/read-request.ts';
import type { InputKind, InputObject } from '../../../src/cli/input/input-object.ts';
import { decideConnection } from '../../../src/decide/connection.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { Caller, ClientCertificate, HttpRequest } from '../../../src/decide/request.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { readPlatform } from '../../../src/settings/platform.ts';
import type { Credentials } from '../../testbed/certificates.ts';
import type { Client } from '../../testbed/mesh/client.ts';
import type { Gateway } from '../../testbed/mesh/gateway.ts';
import { createIssuer } from '../../testbed/mesh/issuer.ts';
import type { Issuer } from '../../testbed/mesh/issuer.ts';
import type { Mesh } from '../../testbed/mesh/mesh.ts';
import type { Pod } from '../../testbed/mesh/pod.ts';
import type { Answer, MeshRequest } from '../../testbed/mesh/request.ts';
import type { ClientTls, HeaderLine } from '../../testbed/mesh/wire.ts';
import { condition, field } from '../../testbed/kube-object.ts';
import type { KubeObject } from '../../testbed/kube-object.ts';
import { judgeShare } from '../share.ts';
import type { Ask, LiveApp, LiveCase, LiveToken, Talk } from './live-case.ts';
import { said, talkViews } from './talks.ts';
import { decidedView, expectedDecision, expectedView, seenView } from './views.ts';

/** Where live cases play. */
export type Stage = {
  readonly mesh: Mesh;
  readonly pod: (name: string) => Pod;
  /** Applies apps; resolves when they are Ready, in force in every proxy, and known to `decide`. */
  readonly serve: (apps: readonly LiveApp[]) => Promise<void>;
  /** Sends the requests, all at once; what each gets, what `decide` says and what the table says must be the same. */
  readonly gets: (asks: readonly Ask[]) => Promise<void>;
  /** Sends one request many times: every backend's share is what `decide` and `weights` say, and each of its pods answers. */
  readonly shares: (ask: Omit<Ask, 'gets'>, weights: Shares) => Promise<void>;
  /** Sends one request. */
  readonly send: (ask: Omit<Ask, 'gets'>) => Promise<Answer>;
  /** What `decide` says of a request. */
  readonly decide: (ask: Omit<Ask, 'gets'>) => Decision;
  /** Says something over TCP connections, all at once; what each gets, what `decide` says and what the table says must be the same. */
  readonly talks: (talks: readonly Talk[]) => Promise<void>;
  /** Reads again from the API server what `decide` goes by. */
  readonly refresh: () => Promise<void>;
  /** What was compared so far. */
  readonly report: () => readonly string[];
};

/** Shares by backend, each with the pods that belong to it. */
export type Shares = Readonly<Record<string, { readonly percent: number; readonly pods: readonly string[] }>>;

/** What a stage is made of beside the mesh. */
export type StageOptions = {
  /** OperatorSettings of the mesh's operator. */
  readonly settings?: object;
  /** ServiceAccounts of pods with a sidecar, by the pod's name, as `namespace/serviceAccount`. */
  readonly callers?: Readonly<Record<string, string>>;
  /** PEM of the authority that signed what the gateway serves, by host. */
  readonly authorities?: Readonly<Record<string, string>>;
  /** Clients outside the mesh beside the one that every mesh has, by name. */
  readonly clients?: Readonly<Record<string, Client>>;
  /** Issuers of tokens, by name. */
  readonly issuers?: Readonly<Record<string, Issuer>>;
  /** What clients show where the gateway asks them for a certificate. */
  readonly certificates?: Readonly<Record<ClientCertificate, Credentials>>;
};

/** How many requests tell a share; a split that is off by 10 is seen in all but a few runs of a thousand. */
const draws = 1000;
/** How many tell that every pod of a backend answers and no other does. */
const certain = 40;
const inputKinds: Readonly<Record<InputKind, string>> = {
  AppTraffic: 'apptraffic.dev/v1alpha1',
  Service: 'v1',
  Gateway: 'networking.istio.io/v1',
  Namespace: 'v1',
  IngressClass: 'networking.k8s.io/v1',
};

async function inputOf(mesh: Mesh): Promise<readonly InputObject[]> {
  const lists = await Promise.all(
    Object.entries(inputKinds).map(async ([kind, apiVersion]) => {
      const objects = await mesh.api.list({ apiVersion, kind });
      return objects.map((object) => ({
        kind: kind as InputKind,
        manifest: { ...object, apiVersion, kind } as unknown as Manifest,
        positionOf: () => ({ file: 'the API server', line: 1, column: 1 }),
      }));
    }),
  );
  return lists.flat();
}

function httpRequestOf(ask: Omit<Ask, 'gets'>): HttpRequest {
  const { request, headers = [], tlsVersion, clientCertificate, bodyBytes } = ask;
  const [method = '', url = ''] = request.split(' ');
  const read = readRequest({ method, url, headers: headers.map(([name, value]) => `${name}: ${value}`) });
  if (!read.ok) throw new Error(`${request}: ${read.mistakes.map(({ message }) => message).join(', ')}`);
  const body = bodyBytes === undefined ? {} : { bodyBytes };
  const shown = clientCertificate === undefined ? {} : { clientCertificate };
  return { ...read.value, ...shown, ...body, ...(tlsVersion === undefined ? {} : { tlsVersion }) };
}

function bodyOf({ bodyBytes, isChunked }: Omit<Ask, 'gets'>): Pick<MeshRequest, 'body' | 'isChunked'> {
  if (bodyBytes === undefined) return {};
  return { body: 'x'.repeat(bodyBytes), ...(isChunked === undefined ? {} : { isChunked }) };
}

function clientTls(sni: string, ca: string | undefined, maxVersion: Ask['tlsVersion']): ClientTls {
  return { sni, ...(ca === undefined ? {} : { ca }), ...(maxVersion === undefined ? {} : { maxVersion }) };
}

function identityOf(text: string | undefined): Caller {
  const [namespace, serviceAccount] = text?.split('/') ?? [];
  return namespace === undefined || serviceAccount === undefined ? undefined : { namespace, serviceAccount };
}

function isThroughGateway({ from, at }: Omit<Ask, 'gets'>): boolean {
  return from === undefined && at === undefined;
}

/** Makes the stage. */
export function createStage(
  mesh: Mesh,
  { settings, callers = {}, authorities = {}, clients = {}, issuers = {}, certificates }: StageOptions,
): Stage {
  const platform = readPlatform(settings ?? { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings' });
  if (!platform.ok) throw new Error(`settings: ${JSON.stringify(platform.issues)}`);
  let served: ServedOffline['served'] | undefined;
  let compared = 0;
  const bounds: string[] = [];
  const pod: Stage['pod'] = (name) => {
    const found = mesh.pods().find((one) => one.name === name);
    if (found === undefined) throw new Error(`no pod is called ${name}`);
    return found;
  };
  const clientOf = ({ client }: Omit<Ask, 'gets'>): Client => {
    const found = client === undefined ? mesh.internet : clients[client];
    if (found === undefined) throw new Error(`no client is called ${client}`);
    return found;
  };
  const gatewayOf = ({ gateway }: Omit<Ask, 'gets'>): Gateway | undefined =>
    gateway === undefined ? mesh.gateways[0] : mesh.gateways.find(({ name }) => name === gateway);
  const signed = ({ issuer, claims, isForged }: LiveToken): string => {
    const known = issuers[issuer];
    if (known === undefined) throw new Error(`no issuer is called ${issuer}`);
    return (isForged === true ? createIssuer(known.name, known.keyId) : known).sign(claims);
  };
  const headersOf = ({ headers = [], token }: Omit<Ask, 'gets'>): readonly HeaderLine[] =>
    token === undefined ? headers : [...headers, ['authorization', `Bearer ${signed(token)}`]];
  const requestOf = (ask: Omit<Ask, 'gets'>): HttpRequest => {
    const request = httpRequestOf({ ...ask, headers: headersOf(ask) });
    const clientIp = isThroughGateway(ask) ? { clientIp: clientOf(ask).address } : {};
    // A key of its own, or somebody else's name: who reads the claims alone would not see it.
    const isForged = ask.token?.isForged === true || ask.token?.claims.iss !== undefined;
    const token = isForged ? { token: { is: 'invalid' } as const } : {};
    return withToken({ ...request, ...clientIp, ...token }, new Date().toISOString());
  };
  const refresh: Stage['refresh'] = async () => {
    const objects = await inputOf(mesh);
    const [apps, others] = [true, false].map((isApp) =>
      objects.filter(({ kind }) => (kind === 'AppTraffic') === isApp),
    );
    served = servedOffline({ apps: apps ?? [], others: others ?? [] }, platform.value, new Date().toISOString()).served;
  };
  const decideOn: Stage['decide'] = (ask) => {
    if (served === undefined) throw new Error('nothing is served yet');
    const caller = ask.from === undefined ? undefined : identityOf(callers[ask.from]);
    return decide({ ...served, request: requestOf(ask), caller });
  };
  const destinationOf = (ask: Omit<Ask, 'gets'>, scheme: string, authority: string): string => {
    const [host = '', port = '80'] = authority.split(':');
    const [target = '', targetPort = ''] = ask.at?.split(':') ?? [];
    if (ask.at !== undefined) return `${pod(target).address}:${targetPort}`;
    return ask.from === undefined ? `${gatewayOf(ask)?.address}:${scheme === 'http' ? 80 : 443}` : `${host}:${port}`;
  };
  const shownBy = ({ clientCertificate }: Omit<Ask, 'gets'>): Partial<Credentials> =>
    clientCertificate === undefined ? {} : (certificates?.[clientCertificate] ?? {});
  const send: Stage['send'] = async (ask) => {
    const { method, scheme, authority, path, query } = httpRequestOf(ask);
    const [host = ''] = authority.split(':');
    return mesh.request({
      from: ask.from === undefined ? clientOf(ask) : pod(ask.from),
      to: destinationOf(ask, scheme, authority),
      method,
      host: authority,
      path: `${path}${query}`,
      headers: headersOf(ask),
      ...bodyOf(ask),
      ...(scheme === 'http' ? {} : { tls: { ...clientTls(host, authorities[host], ask.tlsVersion), ...shownBy(ask) } }),
    });
  };
  const compare = async (ask: Ask): Promise<void> => {
    const { path, query } = httpRequestOf(ask);
    const wanted = {
      decided: expectedDecision(ask.gets, path),
      seen: expectedView(ask.gets, path, query, ask.from === undefined),
    };
    const seen = seenView(await send(ask), ask.gets);
    const decided = decidedView(decideOn(ask));
    compared += 1;
    const sorted = { ...decided, backends: [...decided.backends].sort() };
    expect({ ask: ask.request, decided: sorted, seen }).toEqual({ ask: ask.request, ...wanted });
  };
  const compareTalk = async (talk: Talk): Promise<void> => {
    if (served === undefined) throw new Error('nothing is served yet');
    const { to, from } = talk;
    const caller = from === undefined ? undefined : identityOf(callers[from]);
    const decision = decideConnection({ ...served, authority: to, caller });
    const gateway = `${mesh.gateways[0]?.address}:${to.split(':')[1]}`;
    const client = from === undefined ? mesh.internet : pod(from);
    const result = await client.talk({ to: from === undefined ? gateway : to, send: said, until: said });
    compared += 1;
    const [is, wanted] = talkViews(talk, decision, result);
    expect({ to, ...is }).toEqual({ to, ...wanted });
  };
  return {
    mesh,
    pod,
    refresh,
    talks: async (talks) => {
      await Promise.all(talks.map(compareTalk));
    },
    decide: decideOn,
    send,
    serve: async (apps) => {
      await applied(mesh, apps);
      await mesh.synced();
      await refresh();
    },
    gets: async (asks) => {
      await Promise.all(asks.map(compare));
    },
    shares: async (ask, weights) => {
      const live = Object.entries(weights).filter(([, { percent }]) => percent > 0);
      const wanted = Object.fromEntries(live.map(([name, { percent }]) => [name, percent]));
      const decided = decideOn(ask).forwarded?.backends ?? [];
      expect(Object.fromEntries(decided.map(({ name, weight }) => [name, weight]))).toEqual(wanted);
      const isDrawn = Object.values(weights).some(({ percent }) => percent % 100 !== 0);
      const all = isDrawn ? draws : certain;
      const answers = await Promise.all(Array.from({ length: all }, () => send(ask)));
      const pods = answers.map((answer) => seenView(answer).pod);
      compared += all;
      for (const [name, { percent, pods: own }] of Object.entries(weights)) {
        const count = pods.filter((one) => one !== null && own.includes(one)).length;
        const missing = percent === 0 ? [] : own.filter((one) => !pods.includes(one));
        const { text, isRight } = judgeShare(count, all, percent / 100);
        bounds.push(`${ask.request} → ${name}: ${text}`);
        const of = { ask: ask.request, name, text };
        expect({ ...of, isRight, missing }).toEqual({ ...of, isRight: true, missing: [] });
      }
    },
    report: () => [`${compared} requests compared: decide, the wire, the table`, ...bounds],
  };
}

/** Whether the operator has said of this generation that it is not served whole. */
function isRefused(app: KubeObject): boolean {
  const isObserved = field(app, 'status', 'observedGeneration') === app.metadata.generation;
  return isObserved && condition(app, 'Ready')?.status === 'False' && condition(app, 'Stalled')?.status === 'True';
}

/**
 * Applies the apps and resolves when all are Ready; rejects with what the operator says of those that are not. They are
 * waited for one after another, so that many apps on a busy machine have more time than one.
 */
async function applied(mesh: Mesh, apps: readonly LiveApp[]): Promise<void> {
  const objects = await Promise.all(apps.map(({ namespace = 'team', name, spec }) => mesh.app(namespace, name, spec)));
  for (const object of objects) {
    try {
      await mesh.ready(object);
    } catch (error) {
      throw new Error(`not all apps are Ready:\n${(await unready(mesh, objects)).join('\n')}`, { cause: error });
    }
  }
}

/** Every app that is not Ready, with its problems. */
async function unready({ api }: Mesh, apps: readonly KubeObject[]): Promise<readonly string[]> {
  const live = (await Promise.all(apps.map((app) => api.get(app)))).flatMap((app) => app ?? []);
  return live
    .filter((app) => condition(app, 'Ready')?.status !== 'True')
    .map((app) => `${app.metadata.name}: ${JSON.stringify(field(app, 'status', 'problems') ?? 'no problem')}`);
}

/** Serves what the cases ask for, at once: first what is Ready, then what is refused. */
export async function serveCases(stage: Stage, cases: readonly LiveCase[]): Promise<void> {
  const { mesh } = stage;
  await applied(
    mesh,
    cases.flatMap(({ apps = [] }) => apps),
  );
  const refused = cases.flatMap(({ refused: some = [] }) => some);
  for (const { namespace = 'team', name, spec } of refused) {
    await mesh.api.waitFor(await mesh.app(namespace, name, spec), isRefused);
  }
  await mesh.synced();
  await stage.refresh();
}
