/** AT0701 for what the sidecars of the app's own pods keep of requests from outside, where they would not keep it. */
import { isOwnPods } from '../../model/backend.ts';
import { splitBackends } from '../../model/backends-of.ts';
import type { At } from '../../model/located.ts';
import { isHttp } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { External, Traffic } from '../../model/traffic.ts';

/** A field whose value these sidecars keep, in the words of its problems. */
export type KeptAtPods = {
  /** Where the value stands. */
  readonly at: At;
  /** Its name and verb, as in `maxBodySize is kept`. */
  readonly isKept: string;
  /** Its name alone. */
  readonly name: string;
  /** What to remove, as in `external.maxBodySize`. */
  readonly field: string;
  /** What a route may say so that it is not for it, as in `rateLimit {mode: None}`; absent: nothing. */
  readonly unless?: string;
  /** The routes that it is for. */
  readonly routes: readonly Route[];
  /** Why it cannot be kept on ports of gRPC; absent: it can. */
  readonly notOnGrpc?: string;
};

/** Nothing is called kept that is not: TLS that ends at the pods, backends that are not these pods, ports without http. */
export function ownSidecarProblems(
  kept: KeptAtPods,
  { passthrough }: Pick<External, 'passthrough'>,
  { service }: Pick<Traffic, 'service'>,
): readonly Problem[] {
  if (passthrough !== undefined) return [unseen(kept.at)];
  if (service.type === 'ExternalName') return [withoutPods(kept.at)];
  return once(kept.routes.flatMap((route) => [...strangers(route, kept), ...ports(route, kept)]));
}

/** Routes that say nothing of their backends share what the spec says. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.field} ${problem.message}`, problem])).values()];
}

function unseen(field: At): Problem {
  return refused(
    field,
    'with tls.mode Passthrough TLS ends at the pods, and no proxy sees a request',
    'remove it, or set tls.mode to Terminate',
  );
}

function withoutPods(field: At): Problem {
  return refused(
    field,
    'the sidecars of the pods keep it, and a Service of type ExternalName has no pods',
    'remove it, or choose another service.type',
  );
}

/** A copy is a request too, and to be kept from what the request is kept from. */
function strangers(route: Route, { isKept, ...kept }: KeptAtPods): readonly Problem[] {
  const { forward, mirror } = route.features;
  const split = splitBackends(route).map((backend) => ({ backend, at: forward?.at ?? route.at }));
  const copies = mirror === undefined ? [] : [{ backend: mirror.value.backend, at: mirror.at }];
  return [...split, ...copies].flatMap(({ backend, at }) =>
    isOwnPods(backend)
      ? []
      : [
          refused(
            at,
            `${isKept} by the sidecars of the app's own pods, and backend ${backend.name} is not these`,
            `lead the route to the app's own pods, give it an AppTraffic of its own, ${orWithout(kept)}`,
          ),
        ],
  );
}

/** The sidecar looks into requests where Istio knows a port to speak HTTP. */
function ports({ at, port, features }: Route, { name, notOnGrpc, ...kept }: KeptAtPods): readonly Problem[] {
  const isGrpc = port.protocol === 'grpc';
  if (features.forward === undefined || (isHttp(port) && !(isGrpc && notOnGrpc !== undefined))) return [];
  const fitting = notOnGrpc === undefined ? 'http, http2 or grpc' : 'http or http2';
  const seen = `the sidecar has to look into requests, which it does on ${fitting.replace('or', 'and')} ports`;
  return [
    refused(
      at,
      `port ${port.name} is ${port.protocol}: with ${name} ${isGrpc ? notOnGrpc : seen}`,
      `name an ${fitting} port in port, ${orWithout(kept)}`,
    ),
  ];
}

/** How to be without it. */
function orWithout({ field, unless }: Pick<KeptAtPods, 'field' | 'unless'>): string {
  return `${unless === undefined ? '' : `give the route ${unless}, `}or remove ${field}`;
}

function refused(field: At, why: string, fix: string): Problem {
  return { code: 'AT0701', field, message: `Istio has no way for it: ${why}`, fix };
}
