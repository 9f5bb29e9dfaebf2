/** AT0701 for limits of bodies that the sidecars of the app's pods could not keep. */
import { isOwnPods } from '../../model/backend.ts';
import { splitBackends } from '../../model/backends-of.ts';
import type { At } from '../../model/located.ts';
import { isHttp } from '../../model/port.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { External, Traffic } from '../../model/traffic.ts';

/** Nothing is called limited that is not: TLS that ends at the pods, backends that are not these pods, ports without http. */
export function bodyLimitProblems(external: External, { service }: Pick<Traffic, 'service'>): readonly Problem[] {
  const { maxBodyBytes, passthrough, routes } = external;
  if (maxBodyBytes === undefined) return [];
  if (passthrough !== undefined) return [unseen(maxBodyBytes.at)];
  if (service.type === 'ExternalName') return [withoutPods(maxBodyBytes.at)];
  return once(routes.flatMap((route) => [...strangers(route), ...ports(route)]));
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

/** A copy is a request too, and as large as what it is a copy of. */
function strangers(route: Route): readonly Problem[] {
  const { forward, mirror } = route.features;
  const split = splitBackends(route).map((backend) => ({ backend, at: forward?.at ?? route.at }));
  const copies = mirror === undefined ? [] : [{ backend: mirror.value.backend, at: mirror.at }];
  return [...split, ...copies].flatMap(({ backend, at }) =>
    isOwnPods(backend)
      ? []
      : [
          refused(
            at,
            `maxBodySize is kept by the sidecars of the app's own pods, and backend ${backend.name} is not these`,
            "lead the route to the app's own pods, give it an AppTraffic of its own, or remove external.maxBodySize",
          ),
        ],
  );
}

/** The sidecar hands a request on once its body is whole. */
function ports({ at, port, features }: Route): readonly Problem[] {
  if (features.forward === undefined || (isHttp(port) && port.protocol !== 'grpc')) return [];
  const why =
    port.protocol === 'grpc'
      ? 'with maxBodySize the pods get a request once its body is whole, and a stream of gRPC never is'
      : 'with maxBodySize the sidecar has to look into requests, which it does on http and http2 ports';
  return [
    refused(
      at,
      `port ${port.name} is ${port.protocol}: ${why}`,
      'name an http or http2 port in port, or remove external.maxBodySize',
    ),
  ];
}

function refused(field: At, why: string, fix: string): Problem {
  return { code: 'AT0701', field, message: `Istio has no way for it: ${why}`, fix };
}
