/** What the pods behind a backend make of a call: mutual TLS first, then `allow` (api.md §4). */
import { isOwnPods } from '../model/backend.ts';
import type { Backend } from '../model/backend.ts';
import { isHttp } from '../model/port.ts';
import type { Port } from '../model/port.ts';
import type { ServedModel } from '../model/profile.ts';
import type { AllowEntry } from '../model/traffic.ts';
import { isAllowed } from './allow.ts';
import type { Call } from './allow.ts';
import { tokenRefusal } from './entry-policy.ts';
import type { EntryRefusal } from './entry-policy.ts';
import type { Account } from './question.ts';
import type { HttpRequest } from './request.ts';

/** The pods of an app, on one of their container ports. */
export type Pods = { readonly model: ServedModel; readonly port: number };

/** Why pods refuse a call; without a status the connection is reset. */
export type Refusal = { readonly status?: 401 | 403; readonly why: string };

/** The pods that a backend of `own` means; undefined: pods of nobody that is known. `port`: the one that the route means. */
export function podsOf(
  backend: Backend,
  own: ServedModel,
  port: Pick<Port, 'targetPort'>,
  apps: readonly ServedModel[],
): Pods | undefined {
  if (isOwnPods(backend)) return { model: own, port: port.targetPort };
  if (backend.kind !== 'Service') return undefined;
  const model = apps.find(
    ({ traffic: { app, service } }) => app.namespace === backend.namespace && service.name === backend.service,
  );
  const found = model?.traffic.ports.find((one) => one.port === backend.port);
  return model === undefined || found === undefined ? undefined : { model, port: found.targetPort };
}

/** A call before its container port is known. */
export type PodCall = Omit<Call, 'port'> & {
  /** What the caller wants, `call GET /cart on`. */
  readonly words: string;
  /** The request; absent: a connection, in which nobody looks for one. */
  readonly request?: HttpRequest;
  /** Why it may not come in by its route; absent: it may, or it comes by none of a gateway. */
  readonly entry?: EntryRefusal;
};

/** Why the pods refuse the call; undefined: they take it. */
export function refusalOf({ model, port }: Pods, call: PodCall, accounts: readonly Account[]): Refusal | undefined {
  const { app, internal } = model.traffic;
  const { mtls, allow, audit } = internal ?? {};
  if (call.caller === undefined && mtls?.mode === 'Strict' && !mtls.exceptPorts.includes(port)) {
    return {
      why: `port ${port} of ${app.namespace}/${app.name} takes mutual TLS only, and the caller speaks plaintext: the connection is reset`,
    };
  }
  const unmet = isHttpPort(model, port) ? (badToken(model, call) ?? call.entry) : undefined;
  if (unmet !== undefined) return unmet;
  if (allow === undefined || audit !== undefined) return undefined;
  return unlisted({ model, port }, allow.value, call, accounts);
}

function badToken({ traffic: { external } }: ServedModel, { request }: PodCall): Refusal | undefined {
  return request === undefined ? undefined : tokenRefusal(external, request);
}

function isHttpPort({ traffic: { ports } }: ServedModel, port: number): boolean {
  return ports.some((one) => one.targetPort === port && isHttp(one));
}

/** Notes on a call that the pods take because `allow` is only audited: what it would refuse. Empty where it would not. */
export function auditNotes({ model, port }: Pods, call: PodCall, accounts: readonly Account[]): readonly string[] {
  const { allow, audit } = model.traffic.internal ?? {};
  if (allow === undefined || audit === undefined) return [];
  const refusal = unlisted({ model, port }, allow.value, call, accounts);
  return refusal === undefined ? [] : [`the call is only let in because enforcement is Audit: ${refusal.why}`];
}

/** Why no entry of the list lets the call in; undefined: one does. */
function unlisted(
  { model, port }: Pods,
  entries: readonly AllowEntry[],
  call: PodCall,
  accounts: readonly Account[],
): Refusal | undefined {
  if (isAllowed(model, entries, { ...call, port }, accounts)) return undefined;
  const { app } = model.traffic;
  const name = `${app.namespace}/${app.name}`;
  const { caller } = call;
  const who = caller === undefined ? 'a caller without an identity' : `${caller.namespace}/${caller.serviceAccount}`;
  return {
    // On any other port there is nothing to answer with: the connection is closed.
    ...(isHttpPort(model, port) ? { status: 403 } : {}),
    why: `no entry of allow of ${name} lets ${who} ${call.words} port ${port}`,
  };
}
