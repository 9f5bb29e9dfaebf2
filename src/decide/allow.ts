/** `allow`: who may call an app's pods (api.md §4). */
import type { Identity } from '../model/identity.ts';
import { isHttp } from '../model/port.ts';
import type { ServedModel } from '../model/profile.ts';
import { reachedPorts } from '../model/reached-ports.ts';
import type { AllowEntry, Traffic } from '../model/traffic.ts';
import type { Account } from './question.ts';

/** A request as it comes to a pod. */
export type Call = {
  /** Undefined: without an identity, in plaintext. */
  readonly caller: Identity | undefined;
  /** The container port. */
  readonly port: number;
  readonly method: string;
  /** After any rewrite, normalized, without the query. */
  readonly path: string;
};

/** Whether an entry, or what is granted to the gateway that serves the app, lets the call in. */
export function isAllowed(
  { traffic, profile }: ServedModel,
  entries: readonly AllowEntry[],
  call: Call,
  accounts: readonly Account[],
): boolean {
  const isGateway = profile.reachesPodsAs !== undefined && isSame(profile.reachesPodsAs, call.caller);
  if (isGateway && reachedPorts(traffic).includes(call.port)) return true;
  return entries.some((entry) => isCaller(entry, call.caller, traffic, accounts) && isOperation(entry, call, traffic));
}

function isSame(wanted: Identity, caller: Identity | undefined): boolean {
  return wanted.namespace === caller?.namespace && wanted.serviceAccount === caller.serviceAccount;
}

/** An entry that names nobody means anyone, identity or not. */
function isCaller(
  entry: AllowEntry,
  caller: Identity | undefined,
  { app: own }: Traffic,
  accounts: readonly Account[],
): boolean {
  const namespace = entry.namespace ?? own.namespace;
  const serviceAccount =
    entry.serviceAccount ?? (entry.app === undefined ? undefined : accountOf(entry.app, namespace, accounts));
  if (serviceAccount !== undefined) return isSame({ namespace, serviceAccount }, caller);
  return entry.namespace === undefined || entry.namespace === caller?.namespace;
}

/** The ServiceAccount of AppTraffic `name`; where there is none, the ServiceAccount of that name. */
function accountOf(name: string, namespace: string, accounts: readonly Account[]): string {
  const found = accounts.find(({ app }) => app.name === name && app.namespace === namespace);
  return found?.serviceAccount ?? name;
}

/** Methods and paths are of http: on any other port an entry with them matches nothing. */
function isOperation({ ports, methods, paths }: AllowEntry, call: Call, { ports: own }: Traffic): boolean {
  if (ports?.includes(call.port) === false) return false;
  if (methods === undefined && paths === undefined) return true;
  const isHttpPort = own.some((port) => port.targetPort === call.port && isHttp(port));
  const isMethod = methods === undefined || methods.includes(call.method);
  return isHttpPort && isMethod && (paths === undefined || paths.some((path) => takesPath(path, call.path)));
}

/** `/x` is exact, `/x/*` is /x and all below. */
function takesPath(wanted: string, path: string): boolean {
  if (!wanted.endsWith('/*')) return path === wanted;
  const base = wanted.slice(0, -2);
  return path === base || path.startsWith(`${base}/`);
}
