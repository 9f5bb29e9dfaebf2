/** Siblings: what other apps need to know of an app. */
import { serversCalled } from './calls.ts';
import { configuresPods } from './configured-pods.ts';
import type { Platform } from './platform.ts';
import { reachedPorts } from './reached-ports.ts';
import { servingIdentity } from './serving-identity.ts';
import type { Traffic } from './traffic.ts';
import type { Admission, SiblingApp } from './world.ts';

/** The app as its siblings see it. `created`: metadata.creationTimestamp, RFC 3339; empty where there is none. */
export function siblingOf(traffic: Traffic, created: string, platform: Platform): SiblingApp {
  const { app, selector, service, serviceAccount } = traffic;
  const made = service.type === 'Existing' ? { refersTo: service.name } : { service: service.name };
  const servers = serversCalled(traffic);
  const admission = admissionOf(traffic, platform);
  return {
    app,
    selector,
    serviceAccount,
    configuresPods: configuresPods(traffic),
    created,
    ...made,
    ...(service.type === 'ExternalName' ? { isAlias: true } : {}),
    ...(servers.length === 0 ? {} : { servers }),
    ...(admission === undefined ? {} : { admission }),
  };
}

/** Undefined: everybody is let in, or it is not known, as with an ingress controller of the cluster's default class. */
function admissionOf(traffic: Traffic, platform: Platform): Admission | undefined {
  const { internal, external, ports } = traffic;
  if (internal?.allow === undefined || internal.audit !== undefined || external?.edge.kind === 'Ingress')
    return undefined;
  const identity = servingIdentity(traffic, { platform, ingressClasses: [] });
  return {
    entries: internal.allow.value,
    ports: ports.map(({ port, targetPort }) => ({ port, targetPort })),
    ...(identity === undefined ? {} : { serving: { identity, ports: reachedPorts(traffic) } }),
  };
}
