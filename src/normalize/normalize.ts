/** normalize: the API object to the neutral model; every default is applied here and nowhere else. */
import type { AppTraffic, AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import { appRoutes } from '../model/app-routes.ts';
import type { Platform } from '../model/platform.ts';
import type { Service, Traffic } from '../model/traffic.ts';
import type { Backend } from '../model/backend.ts';
import { idleIn, normalizeBackends, normalizeSplit, wholeTo } from './backends.ts';
import { normalizeExternal } from './external.ts';
import { normalizeInternal } from './internal.ts';
import { isHttp } from '../model/port.ts';
import { normalizeLifecycle } from './lifecycle.ts';
import { normalizeObservability } from './observability.ts';
import { normalizePorts, routePort, tlsPort } from './ports.ts';
import {
  connectionsOf,
  effectiveConnections,
  normalizeResilience,
  ownResilience,
  routeResilience,
} from './resilience.ts';
import type { RouteDefaults } from './route.ts';
import { normalizeSticky } from './sticky.ts';
import { unusedParts } from './unused.ts';

type Sides = Pick<Traffic, 'external' | 'internal'>;

/** The model of one AppTraffic that the schema accepted. Without a namespace it is taken to be in `default`. */
export function normalize(input: AppTraffic, platform: Platform): Traffic {
  const { spec, metadata } = input;
  const app = { namespace: metadata.namespace ?? 'default', name: metadata.name };
  const ports = normalizePorts(spec);
  const backends = normalizeBackends(spec, app.namespace);
  const split =
    spec.split === undefined
      ? { value: wholeTo('app', backends), at: 'spec' }
      : { value: normalizeSplit(spec.split, backends), at: 'spec.split' };
  const resilience = normalizeResilience(spec, platform.resilience);
  const moved = movedWeights(spec, backends);
  const defaults: RouteDefaults = {
    backends,
    split,
    isSplit: spec.split !== undefined,
    ...moved,
    ...(spec.sticky === undefined ? {} : { sticky: { value: normalizeSticky(spec.sticky), at: 'spec.sticky' } }),
    resilience: routeResilience(resilience),
    portNamed: (name) => routePort(spec, ports, name),
    tlsPort: () => tlsPort(spec, ports),
  };
  const own = ownResilience(spec);
  const elsewhere = { ...defaults, resilience: routeResilience(own) };
  // A route inside is one over http: an app without such a port gets none because of a default.
  const isRouted = Object.keys(resilience).length > 0 && ports.some(isHttp);
  const sides: Sides = {
    ...(spec.external === undefined
      ? {}
      : { external: normalizeExternal(spec.external, platform, { istio: defaults, elsewhere }) }),
    ...(spec.internal === undefined
      ? {}
      : { internal: normalizeInternal(spec.internal, spec, app.namespace, { ...defaults, isRouted }) }),
  };
  return {
    app,
    selector: spec.app?.selector ?? { [platform.selectorLabel]: app.name },
    serviceAccount: spec.app?.serviceAccount ?? app.name,
    service: normalizeService(spec, app.name),
    ports,
    backends,
    split: split.value,
    ...moved,
    ...sides,
    ...unusedIn(spec, sides, { backends, split }),
    connections: { given: connectionsOf(own), effective: effectiveConnections(resilience, spec) },
    ...(spec.observability === undefined ? {} : { observability: normalizeObservability(spec.observability) }),
    ...normalizeLifecycle(spec),
  };
}

function unusedIn(
  spec: AppTrafficSpec,
  sides: Sides,
  { backends, split }: Pick<RouteDefaults, 'backends' | 'split'>,
): Pick<Traffic, 'unused'> {
  const usesSplit = appRoutes(sides).some(({ features }) => features.forward === split);
  const unused = unusedParts(spec, backends, { usesSplit });
  return unused.length === 0 ? {} : { unused };
}

function movedWeights(
  { weightsManagedBy: by, split = {} }: AppTrafficSpec,
  backends: readonly Backend[],
): Pick<Traffic, 'weightsManagedBy'> {
  if (by !== 'ArgoRollouts') return {};
  return { weightsManagedBy: { value: { by, idle: idleIn(split, backends) }, at: 'spec.weightsManagedBy' } };
}

function normalizeService({ service }: AppTrafficSpec, appName: string): Service {
  return {
    name: service?.name ?? appName,
    type: service?.type ?? 'ClusterIP',
    ...(service?.externalName === undefined ? {} : { externalName: service.externalName }),
    annotations: service?.annotations ?? {},
    ...(service?.trafficDistribution === undefined ? {} : { trafficDistribution: service.trafficDistribution }),
    at: 'spec.service',
  };
}
