/** AT0302, AT0303, AT0304, AT0307 in words. Objects of other namespaces are never named. */
import type { HostClaim } from '../model/host-claim.ts';
import type { At } from '../model/located.ts';
import type { Problem } from '../model/problem.ts';
import { takesEverything } from '../model/route-conditions.ts';
import type { Route, RouteFeatures } from '../model/route.ts';
import { listenedPort } from '../model/tcp-listener.ts';
import type { External } from '../model/traffic.ts';
import type { ConflictKind } from './host-conflict.ts';
import type { Loss, Ruling } from './host-grants.ts';

type Words = Pick<Problem, 'code' | 'message' | 'fix'>;

/** The problems of one app's refused stakes: one for each host that cannot be shared, else one for each route and host. */
export function hostProblems(external: External, rulings: readonly Ruling[]): readonly Problem[] {
  const told = new Set<string>();
  return rulings.flatMap(({ stake, loss }): readonly Problem[] => {
    if (loss === undefined) return [];
    const { claim, route } = stake;
    const words = hostWords(claim, loss);
    if (words === undefined) return route === undefined ? [] : [{ ...routeWords(claim, route, loss), field: route.at }];
    // Every route of the host would tell the same.
    if (told.has(claim.host)) return [];
    told.add(claim.host);
    return [{ ...words, field: hostField(external, claim.host) }];
  });
}

/** AT0304: the platform hands hosts out, and this one was not handed to the namespace. */
export function hostNotGranted(external: External, { app, host }: Pick<HostClaim, 'app' | 'host'>): Problem {
  return {
    code: 'AT0304',
    field: hostField(external, host),
    message: `host ${host} is not granted to namespace ${app.namespace}`,
    fix: `use a granted host, or ask the platform team for hosts.grants {namespace: ${app.namespace}, hosts: [${host}]}`,
  };
}

/** Where the user wrote the host: in the list of hosts, as a route's `match.host`, or the port of a listener. */
function hostField(external: External, host: string): At {
  const listed = external.hosts.find(({ value }) => value === host);
  const matched = external.routes.find(({ features }) => features.host?.value === host);
  const listener = external.tcp.find(({ listen }) => listen === listenedPort(host));
  return listener?.at ?? listed?.at ?? matched?.features.host?.at ?? external.at;
}

/** A loss that takes the whole host; undefined: only the route is lost. */
function hostWords(own: HostClaim, loss: Loss): Words | undefined {
  if (loss.kind === 'OwnRoute' || loss.kind === 'Route' || loss.kind === 'CatchAll') return undefined;
  const held = loss.holder.claim;
  const isNeighbour = held.app.namespace === own.app.namespace;
  if (isNeighbour && held.standing === true) return standingWords(own, held);
  return hostLosses[loss.kind]({ own, held, holder: isNeighbour ? `app ${held.app.name}` : 'another namespace' });
}

/** The holder does not ask for the host: what helps is another thing than with one that does. */
function standingWords({ host }: HostClaim, { app: { name } }: HostClaim): Words {
  const port = listenedPort(host);
  if (port !== undefined) {
    return {
      code: 'AT0307',
      message: `port ${port} of the gateway still leads to app ${name}, which is refused, paused or moving to another gateway or class`,
      fix: `put the spec of app ${name} right, resume it, or wait until it has moved; or listen on another port`,
    };
  }
  return {
    code: 'AT0302',
    message: `host ${host} is still served by objects of app ${name}, which is refused, paused or moving to another gateway or class`,
    fix: `put the spec of app ${name} right, resume it, or wait until it has moved; or use another host`,
  };
}

type HostLoss = { readonly own: HostClaim; readonly held: HostClaim; readonly holder: string };

const hostLosses: Readonly<Record<Exclude<ConflictKind, 'Route' | 'CatchAll'>, (loss: HostLoss) => Words>> = {
  Namespace: ({ own: { host }, held }) => ({
    code: 'AT0302',
    message:
      held.host === host
        ? `host ${host} is held by another namespace`
        : `host ${host} overlaps with a host that another namespace holds`,
    fix: 'use another host, or ask the platform team to let both namespaces share it (hosts.shared)',
  }),
  Gateway: ({ own: { host }, holder }) => ({
    code: 'AT0302',
    message: `host ${host} is held by ${holder}, and a Gateway generated for one app cannot share its hosts`,
    fix: 'name the same gateway in external.gateway of both apps, or use another host',
  }),
  Edge: ({ own, held, holder }) => ({
    code: 'AT0303',
    message:
      own.app.namespace === held.app.namespace
        ? `host ${own.host} is served by ${holder} through ${edgeWords(held.edge)}, this app uses ${edgeWords(own.edge)}`
        : `host ${own.host} is served by ${holder} through another gateway or ingress class`,
    fix: 'use the same gateway or ingress class as the app that shares the host, or use another host',
  }),
  Tls: ({ own, held, holder }) =>
    own.gatewayPods?.tls === true
      ? {
          code: 'AT0303',
          message: `https for ${held.host}, which ${holder} serves over plain http alone, would get the TLS server of ${own.host}`,
          fix: `serve ${held.host} over TLS too, or leave TLS away here, or use another host`,
        }
      : {
          code: 'AT0303',
          message: `https for ${own.host}, which this app serves over plain http alone, would get the TLS server of ${held.host}, held by ${holder}`,
          fix: `serve ${own.host} over TLS too (external.tls, or the gateway of that app), or use another host`,
        },
  Listen: ({ own: { host }, holder }) => ({
    code: 'AT0307',
    message: `port ${listenedPort(host) ?? ''} of the gateway is held by ${holder}`,
    fix: 'listen on another port, or name another gateway in external.gateway',
  }),
  Redirect: ({ own: { host }, held: { httpsRedirect }, holder }) => ({
    code: 'AT0303',
    message: `host ${host} is shared with ${holder}, whose httpsRedirect is ${String(httpsRedirect)}, and all who share it must agree`,
    fix: `set external.httpsRedirect to ${String(httpsRedirect)}, or use another host`,
  }),
};

function edgeWords(edge: string): string {
  if (edge === 'generated') return 'a generated Gateway';
  if (edge === 'ingress/') return 'the default ingress class';
  return edge.startsWith('ingress/') ? `ingress class ${edge.slice('ingress/'.length)}` : edge.replace('/', ' ');
}

function routeWords({ app, host }: HostClaim, route: Route, loss: Loss): Words {
  if (loss.kind === 'OwnRoute') {
    return {
      code: 'AT0303',
      message: `route ${route.name} is left out on ${host}, because requests of the refused route ${loss.refused.name} would fall to it`,
      fix: `resolve the conflict of route ${loss.refused.name}, or remove that route`,
    };
  }
  const { claim, route: held } = loss.holder;
  const other =
    claim.app.namespace === app.namespace && held !== undefined
      ? `${claim.standing === true ? 'live ' : ''}route ${held.name} (${matchWords(held)}) of app ${claim.app.name}`
      : undefined;
  if (loss.kind === 'CatchAll') {
    return {
      code: 'AT0303',
      message: `route ${route.name} takes every request for ${host}, as does ${other ?? 'a route of another namespace'}`,
      fix: `give route ${route.name} a prefix of its own: one app alone can take what no other route matches`,
    };
  }
  return overlapWords({ app, host }, route, { held, other });
}

/** `other`: the route in the way, in words; undefined: it is in another namespace. */
function overlapWords(
  { app, host }: Pick<HostClaim, 'app' | 'host'>,
  route: Route,
  { held, other }: { readonly held: Route | undefined; readonly other: string | undefined },
): Words {
  // Without sticky it could stand behind the routes of others.
  if (takesEverything(route.features)) {
    return {
      code: 'AT0303',
      message: `route ${route.name} is sticky and takes every request for ${host}, which it can do beside no route of another app`,
      fix: `remove sticky from route ${route.name}, give the route a prefix of its own, or use another host`,
    };
  }
  const both = other === undefined ? 'another namespace holds' : `${other} matches too`;
  if ([route, held].some((one) => one?.features.regex !== undefined)) {
    return {
      code: 'AT0303',
      message: `route ${route.name} (${matchWords(route)}) may match requests for ${host} that ${both}: of a regular expression only the literal beginning tells`,
      fix: `begin the regular expression with literal text that keeps the routes apart, such as /${app.name}/, or use match.prefix`,
    };
  }
  return {
    code: 'AT0303',
    message: `route ${route.name} (${matchWords(route)}) matches requests for ${host} that ${both}`,
    fix: `narrow the match of route ${route.name} until no request matches both, or use another host`,
  };
}

function matchWords({ features }: Route): string {
  const { methods, headers, headersRegex, withoutHeaders, cookies, query } = features;
  const named = (what: string, names: readonly string[] | undefined): readonly string[] =>
    names === undefined ? [] : [`${what} ${names.join(' ')}`];
  const namesOf = (pairs: RouteFeatures['query']): readonly string[] | undefined =>
    pairs?.value.map(({ name }) => name);
  return [
    pathWords(features),
    ...named('methods', methods?.value),
    ...named('headers', namesOf(headers)),
    ...named('headers', namesOf(headersRegex)),
    ...named('without headers', withoutHeaders?.value),
    ...named('cookies', namesOf(cookies)),
    ...named('query', namesOf(query)),
  ].join(', ');
}

function pathWords({ exact, prefix, regex }: RouteFeatures): string {
  if (regex !== undefined) return `regex ${regex.value}`;
  return exact === undefined ? `prefix ${prefix?.value ?? '/'}` : `exact ${exact.value}`;
}
