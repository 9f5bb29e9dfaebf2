/** What a TCP connection to a gateway gets: whatever is said over it, its port alone decides (api.md §2, tcp). */
import { appBackend } from '../model/backend.ts';
import { workloadOf } from '../model/gateway-workload.ts';
import type { ServedModel } from '../model/profile.ts';
import { listenerSplit } from '../model/tcp-listener.ts';
import type { TcpListener } from '../model/tcp-listener.ts';
import { servingEntryOf } from '../model/tls-served.ts';
import type { External } from '../model/traffic.ts';
import { connectionsOf } from './forwarded.ts';
import { readAuthority } from './authority.ts';
import { outletOf } from './calls.ts';
import type { Candidate, Decision } from './decision.ts';
import { dialedPort, isHeadless, unheardPort } from './headless.ts';
import type { HeldHost } from './held-host.ts';
import { auditNotes, podsOf, refusalOf } from './pods.ts';
import type { Question } from './question.ts';
import { targetAt } from './target.ts';
import type { Target } from './target.ts';

/** A connection, and the world that it comes into. */
export type ConnectionQuestion = Omit<Question, 'request'> & {
  /** Host and port that are dialed, `db.example.com:5432`. A host that an app holds tells which gateway it leads to. */
  readonly authority: string;
};

/** Decides one TCP connection. The order of no list counts. */
export function decideConnection(question: ConnectionQuestion): Decision {
  const target = connectionTarget(question);
  const { refusal, notes } = outletOf({
    ...question,
    target,
    asked: readAuthority(question.authority),
    port: dialed(question),
  });
  if (refusal !== undefined) return refusal;
  const decision = connected(question, target);
  return notes.length === 0 ? decision : { ...decision, notes: [...notes, ...decision.notes] };
}

function connected(question: ConnectionQuestion, target: Target): Decision {
  if (target.is === 'Host') return throughGateway(question, target.held);
  if (target.is === 'Service') return toService(question, target.own);
  const { host } = readAuthority(question.authority);
  return { ...nothing, candidates: [], why: `no app's Service is called ${host}` };
}

/** Whom the connection is for. */
export function connectionTarget(question: ConnectionQuestion): Target {
  return targetAt(question, readAuthority(question.authority));
}

/** The port that is dialed. */
export function dialed({ authority }: Pick<ConnectionQuestion, 'authority'>): number {
  return Number(readAuthority(authority).port);
}

type Listening = { readonly own: ServedModel; readonly listener: TcpListener; readonly workload: string };

const nothing = { outcome: 'notFound', notes: [] } as const;

/** Whoever calls, the gateway does: it knows nobody's identity. */
function throughGateway(question: ConnectionQuestion, held: HeldHost): Decision {
  const port = dialed(question);
  const asked = listeningOn(question, held);
  const found = asked.filter(({ listener }) => listener.listen === port);
  const candidates = asked.map((one): Candidate => candidateOf(one, port, found.length));
  const [only, ...others] = found;
  if (only === undefined) {
    const why = `no app listens on port ${port} of the gateway, so the connection is refused`;
    return { ...nothing, candidates, why };
  }
  if (others.length > 0) {
    const why = `apps on ${found.length} gateways listen on port ${port}, and which gateway ${question.authority} leads to is for DNS to say`;
    return { ...nothing, candidates, why };
  }
  const { own, listener } = only;
  const decided = delivered(question, own, {
    caller: own.profile.reachesPodsAs,
    port: listener.route.port,
    split: listenerSplit(listener),
  });
  return { ...decided, route: listener.route.name, candidates };
}

/** The listeners of the gateway that the host leads to, where an app says so; else of all. Sorted by app and port. */
function listeningOn({ apps, platform }: ConnectionQuestion, { holders }: HeldHost): readonly Listening[] {
  const workloads = holders.flatMap(({ external }) => workloadText(external, platform) ?? []);
  const nameOf = ({ own, listener }: Listening): string =>
    `${own.traffic.app.namespace}/${own.traffic.app.name} ${String(listener.listen).padStart(5, '0')}`;
  return apps
    .flatMap((own): readonly Listening[] => {
      const { external } = own.traffic;
      if (external === undefined) return [];
      const workload = workloadText(external, platform);
      if (workload === undefined || (workloads.length > 0 && !workloads.includes(workload))) return [];
      return external.tcp.map((listener) => ({ own, listener, workload }));
    })
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function workloadText({ edge }: External, platform: Question['platform']): string | undefined {
  const entry = servingEntryOf(edge, platform);
  return entry === undefined ? undefined : workloadOf(entry);
}

function candidateOf({ own, listener }: Listening, port: number, found: number): Candidate {
  const named = { app: own.traffic.app, route: listener.route.name, at: listener.at };
  if (listener.listen !== port) {
    return { ...named, verdict: 'noMatch', reason: `it listens on port ${listener.listen}` };
  }
  return found === 1
    ? { ...named, verdict: 'wins', reason: `it listens on port ${port}` }
    : { ...named, verdict: 'loses', reason: `it listens on port ${port} of one gateway among several` };
}

/** Routes inside are for requests: a connection goes to the plain Service. */
function toService(question: ConnectionQuestion, own: ServedModel): Decision {
  const { app, service, ports } = own.traffic;
  const number = dialed(question);
  const port = ports.find((one) => one.port === number);
  if (port === undefined) {
    return { ...nothing, app, candidates: [], why: `Service ${service.name} has no port ${number}` };
  }
  const unheard = isHeadless(own.traffic) ? unheardPort(own.traffic, port) : undefined;
  if (unheard !== undefined) return { ...nothing, app, candidates: [], why: unheard };
  const decided = delivered(question, own, {
    caller: question.caller,
    port: isHeadless(own.traffic) ? dialedPort(port) : port,
    split: [{ backend: { kind: 'App', name: appBackend }, weight: 100 }],
  });
  const why = decided.outcome === 'route' ? 'the plain Service takes it' : decided.why;
  return { ...decided, why, candidates: [] };
}

type Way = Pick<Parameters<typeof connectionsOf>[1], 'caller'> & {
  readonly port: TcpListener['route']['port'];
  readonly split: Parameters<typeof connectionsOf>[0];
};

function delivered(
  question: ConnectionQuestion,
  own: ServedModel,
  { caller, port, split }: Way,
): Omit<Decision, 'candidates'> {
  const { app } = own.traffic;
  const call = { caller, method: '', path: '', words: 'connect to' };
  const [refusal] = split.flatMap(({ backend }) => {
    const pods = podsOf(backend, own, port, question.apps);
    return pods === undefined ? [] : (refusalOf(pods, call, question.accounts) ?? []);
  });
  if (refusal !== undefined) return { app, outcome: 'deny', why: refusal.why, notes: [] };
  const audited = split.flatMap(({ backend }) => {
    const pods = podsOf(backend, own, port, question.apps);
    return pods === undefined ? [] : auditNotes(pods, call, question.accounts);
  });
  const connections = connectionsOf(split, { own, caller });
  return {
    app,
    outcome: 'route',
    forwarded: {
      backends: split.map(({ backend, weight }) => ({ name: backend.name, weight })),
      setHeaders: {},
      addHeaders: {},
      removeHeaders: [],
      ...(connections === undefined ? {} : { connections }),
    },
    why: `what comes on port ${dialed(question)} is handed on as it is`,
    notes: audited,
  };
}
