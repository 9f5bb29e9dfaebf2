/** AT0607: a backend that is the Service of another app, whose `allow` leaves out who serves this one. */
import { backendsOf } from '../model/backends-of.ts';
import type { ServiceBackend } from '../model/backend.ts';
import { callerIdentity } from '../model/caller-identity.ts';
import type { Identity } from '../model/identity.ts';
import { servingIdentity } from '../model/serving-identity.ts';
import type { World } from '../model/world.ts';
import type { Policy } from './policy.ts';

/** A Warning for each backend of routes and listeners outside whose pods refuse every request of the gateway. */
export const backendDenies: Policy = (traffic, world) => {
  const { routes = [], tcp = [], edge } = traffic.external ?? {};
  const caller = servingIdentity(traffic, world);
  // On Istio nobody serves it: that is told elsewhere.
  if (caller === undefined && edge?.kind !== 'Ingress') return { problems: [] };
  const reached = [...routes, ...tcp.map(({ route }) => route)].flatMap(backendsOf);
  const others = [...new Set(reached)].filter((backend): backend is ServiceBackend => backend.kind === 'Service');
  return {
    problems: others
      .filter((backend) => refuses(backend, caller, world))
      .map(({ name, namespace, service, at }) => ({
        code: 'AT0607',
        field: at,
        message: `backend ${name} is Service ${namespace}/${service}, whose app lets ${textOf(caller)} in nowhere: requests get 403`,
        fix: `have the app behind it add ${entryFor(caller)} to its internal.allow, or remove the backend`,
      })),
  };
};

function textOf(caller: Identity | undefined): string {
  return caller === undefined
    ? 'a controller outside the mesh'
    : `the gateway (${caller.namespace}/${caller.serviceAccount})`;
}

function entryFor(caller: Identity | undefined): string {
  return caller === undefined
    ? 'an entry of ports alone'
    : `{namespace: ${caller.namespace}, serviceAccount: ${caller.serviceAccount}}`;
}

/** Whether it is known that no request of the caller gets in on that port, whatever method and path it has. */
function refuses(backend: ServiceBackend, caller: Identity | undefined, { siblings }: World): boolean {
  const other = siblings.find(({ app, service }) => app.namespace === backend.namespace && service === backend.service);
  const port = other?.admission?.ports.find((one) => one.port === backend.port)?.targetPort;
  if (other?.admission === undefined || port === undefined) return false;
  const { entries, serving } = other.admission;
  if (serving !== undefined && isSame(serving.identity, caller) && serving.ports.includes(port)) return false;
  return !entries.some(
    (entry) => entry.ports?.includes(port) !== false && isMeant(callerIdentity(entry, other, siblings), caller),
  );
}

/** Undefined means anyone. */
function isMeant(meant: ReturnType<typeof callerIdentity>, caller: Identity | undefined): boolean {
  if (meant === undefined) return true;
  const { namespace, serviceAccount } = meant;
  return serviceAccount === undefined ? namespace === caller?.namespace : isSame({ namespace, serviceAccount }, caller);
}

function isSame(one: Identity, other: Identity | undefined): boolean {
  return one.namespace === other?.namespace && one.serviceAccount === other.serviceAccount;
}
