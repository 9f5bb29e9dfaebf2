/** `calls`: what the caller's own sidecar refuses before anybody else sees it (api.md §4). */
import { kubeAPI, plainHttpPort } from '../model/call.ts';
import { serviceMeant, servicesOfAll } from '../model/calls.ts';
import type { Call, HostCall, ServiceRef } from '../model/call.ts';
import type { Identity } from '../model/identity.ts';
import { isHttp } from '../model/port.ts';
import type { Authority } from './authority.ts';
import type { Decision } from './decision.ts';
import { answerToMethod } from './envoy-methods.ts';
import type { Question } from './question.ts';
import type { HttpRequest } from './request.ts';
import { normalizedPath } from './request-path.ts';
import type { Target } from './target.ts';
import { refusedUpgrade, upgradeOf } from './upgrade.ts';

/** What is called, by whom: `request` absent: a TCP connection. */
export type Outgoing = Omit<Question, 'request'> & {
  readonly target: Target;
  readonly asked: Authority;
  /** The port that is dialed. */
  readonly port: number;
  readonly request?: HttpRequest;
};

/** What sidecars of the caller make of it. */
export type Outlet = {
  /** The decision where nothing gets out. */
  readonly refusal?: Decision;
  /** Where it is let out by some of the caller's pods and not by others, whose refuse. */
  readonly notes: readonly string[];
};

/** An app whose pods have the caller's identity, and what it says of calls. */
type CallingApp = { readonly name: string; readonly calls?: readonly Call[] };

/**
 * Judges a call by the apps whose ServiceAccount is the caller's. It is refused where none of them lets it out; where some
 * do, which pod calls is not in the question, and notes name those that refuse.
 */
export function outletOf({ caller, ...outgoing }: Outgoing): Outlet {
  return caller === undefined ? { notes: [] } : outletFor({ ...outgoing, caller });
}

/** What is called by somebody with an identity. */
type Identified = Outgoing & { readonly caller: Identity };

function outletFor(outgoing: Identified): Outlet {
  const apps = callingApps(outgoing);
  const refusing = apps.flatMap(({ name, calls }) =>
    calls === undefined || isLetOut(calls, outgoing)
      ? []
      : [{ calls, why: `calls of ${name} does not list ${wordsFor(outgoing)}` }],
  );
  if (refusing.length === 0) return { notes: [] };
  const whys = refusing.map(({ why }) => why).sort();
  if (refusing.length < apps.length) return { notes: whys.map((why) => `${why}: sidecars of its pods refuse this`) };
  const listed = refusing.flatMap(({ calls }) => calls);
  return { refusal: refused(listed, outgoing, whys.join(', and ')), notes: [] };
}

function callingApps({ apps, caller }: Identified): readonly CallingApp[] {
  return apps.flatMap(({ traffic: { app, serviceAccount, service, internal } }) => {
    const isCaller = app.namespace === caller.namespace && serviceAccount === caller.serviceAccount;
    if (!isCaller || service.type === 'ExternalName') return [];
    const calls = internal?.calls?.value;
    return [{ name: `${app.namespace}/${app.name}`, ...(calls === undefined ? {} : { calls }) }];
  });
}

function isLetOut(calls: readonly Call[], outgoing: Identified): boolean {
  return (
    calls.some((call) => lets(call, outgoing)) ||
    servicesOfAll(outgoing.platform).some((service) => isAsked(service, outgoing))
  );
}

/** Whether the entry lets the call out. */
function lets(call: Call, outgoing: Identified): boolean {
  const { target, asked, port, request, accounts } = outgoing;
  if (call.kind !== 'Host') return isAsked(call.kind === 'KubeAPI' ? kubeAPI : serviceMeant(call, accounts), outgoing);
  const speaksTls = request === undefined || request.scheme === 'https';
  const isNamed = target.is === 'Host' && call.host === asked.host;
  return isNamed && speaksTls !== (port === plainHttpPort) && isListedPort(call, port, outgoing);
}

/** Ports of a server elsewhere are those that any app of the namespace lists for it: Istio knows the server once for all of them. */
function isListedPort({ host, port: own }: HostCall, port: number, { apps, caller }: Identified): boolean {
  return (
    own === port ||
    apps.some(
      ({ traffic: { app, internal } }) =>
        app.namespace === caller.namespace &&
        (internal?.calls?.value ?? []).some((one) => one.kind === 'Host' && one.host === host && one.port === port),
    )
  );
}

/** Whether the Service is asked for, by one of its names; one that only stands for another name is never. */
function isAsked({ namespace, service }: ServiceRef, { target, asked, caller, platform }: Identified): boolean {
  if (target.is === 'Service' && target.own.traffic.service.type === 'ExternalName') return false;
  const name = `${service}.${namespace}`;
  const names = [name, `${name}.svc`, `${name}.svc.${platform.clusterDomain}`];
  return names.includes(asked.host) || (caller.namespace === namespace && asked.host === service);
}

function wordsFor({ target, asked, port }: Outgoing): string {
  if (target.is !== 'Service') return `${asked.host}:${port}`;
  const { app, service } = target.own.traffic;
  return `Service ${app.namespace}/${service.name}`;
}

/**
 * A sidecar answers where it looks for requests: on a port of which something that is listed speaks http. Anywhere else the
 * connection is closed.
 */
function refused(calls: readonly Call[], outgoing: Identified, why: string): Decision {
  const { request, port, platform } = outgoing;
  const nothing = { candidates: [], notes: [] } as const;
  const closed: Decision = {
    ...nothing,
    outcome: 'deny',
    why: `${why}: the caller's own sidecar closes the connection`,
  };
  if (request === undefined || request.scheme === 'https') return closed;
  const listed = [
    ...calls.map((call) => speaksHttp(call, port, outgoing)),
    ...servicesOfAll(platform).map((service) => hasHttpAt(service, port, outgoing)),
  ];
  if (!listed.includes(true)) {
    const note = `where a listed Service that no AppTraffic here has speaks http on port ${port}, it answers 502`;
    return listed.includes(undefined) ? { ...closed, notes: [note] } : closed;
  }
  if (normalizedPath(request.path) === undefined) {
    return { ...nothing, outcome: 'respond', status: 400, why: 'no server takes such a path' };
  }
  const answer = answerToMethod(request.method);
  if (answer !== undefined) return { ...nothing, ...answer };
  if (upgradeOf(request.headers) === 'Other') return { ...nothing, ...refusedUpgrade };
  return { ...nothing, outcome: 'deny', status: 502, why: `${why}: the caller's own sidecar answers` };
}

/** Whether what the entry lets out to that port is http; undefined: it is not known. */
function speaksHttp(call: Call, port: number, outgoing: Identified): boolean | undefined {
  if (call.kind === 'Host') return port === plainHttpPort && isListedPort(call, port, outgoing);
  // The API server speaks TLS.
  return call.kind === 'KubeAPI' ? false : hasHttpAt(serviceMeant(call, outgoing.accounts), port, outgoing);
}

/** Whether the Service has a port of http of that number; undefined: no app here has it. */
function hasHttpAt({ namespace, service }: ServiceRef, number: number, { apps }: Identified): boolean | undefined {
  const own = apps.find(({ traffic }) => traffic.app.namespace === namespace && traffic.service.name === service);
  if (own === undefined) return undefined;
  const { traffic } = own;
  return traffic.service.type !== 'ExternalName' && traffic.ports.some((port) => port.port === number && isHttp(port));
}
