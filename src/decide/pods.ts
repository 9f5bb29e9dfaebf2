/** What the pods behind a backend make of a call: mutual TLS first, then `allow` (api.md §4). */
import { isOwnPods } from '../model/backend.ts';
import type { Backend } from '../model/backend.ts';
import { isHttp } from '../model/port.ts';
import type { Port } from '../model/port.ts';
import type { ServedModel } from '../model/profile.ts';
import { isAllowed } from './allow.ts';
import type { Call } from './allow.ts';
import type { Account } from './question.ts';

/** The pods of an app, on one of their container ports. */
export type Pods = { readonly model: ServedModel; readonly port: number };

/** Why pods refuse a call; without a status the connection is reset. */
export type Refusal = { readonly status?: 403; readonly why: string };

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

/** A call before its container port is known; `words`: what the caller wants, `call GET /cart on`. */
export type PodCall = Omit<Call, 'port'> & { readonly words: string };

/** Why the pods refuse the call; undefined: they take it. */
export function refusalOf({ model, port }: Pods, call: PodCall, accounts: readonly Account[]): Refusal | undefined {
  const { app, internal } = model.traffic;
  const name = `${app.namespace}/${app.name}`;
  const { mtls, allow } = internal ?? {};
  if (call.caller === undefined && mtls?.mode === 'Strict' && !mtls.exceptPorts.includes(port)) {
    return {
      why: `port ${port} of ${name} takes mutual TLS only, and the caller speaks plaintext: the connection is reset`,
    };
  }
  if (allow === undefined) return undefined;
  if (isAllowed(model, allow.value, { ...call, port }, accounts)) return undefined;
  const { caller } = call;
  const who = caller === undefined ? 'a caller without an identity' : `${caller.namespace}/${caller.serviceAccount}`;
  const isHttpPort = model.traffic.ports.some((one) => one.targetPort === port && isHttp(one));
  return {
    // On any other port there is nothing to answer with: the connection is closed.
    ...(isHttpPort ? { status: 403 } : {}),
    why: `no entry of allow of ${name} lets ${who} ${call.words} port ${port}`,
  };
}
