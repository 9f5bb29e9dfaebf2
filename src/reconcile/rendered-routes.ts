/** What the routes of an app look like once rendered: evidence of hosts compares it with what is live, for each rival anew. */
import { renderedAsAsked } from '../compile/route-entries.ts';
import { childKindOf } from '../kube/gvk.ts';
import type { Platform } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { IngressClassFacts } from '../model/world.ts';
import { isRouteKind } from '../plan/edge.ts';
import { extractOf } from '../plan/extract.ts';
import type { Extract } from '../plan/extract.ts';

type Facts = { readonly platform: Platform; readonly ingressClasses: readonly IngressClassFacts[] };
type Rendered = Facts & { readonly routes: readonly Extract[] };

/** Gone with the model: an app that is edited or deleted has another one, or none. */
const remembered = new WeakMap<Traffic, Rendered>();

/** Extracts of the route objects that the app would have if it were granted everything; rendered once for the same facts. */
export function renderedRoutes(traffic: Traffic, facts: Facts): readonly Extract[] {
  const known = remembered.get(traffic);
  if (known !== undefined && isSame(known, facts)) return known.routes;
  const routes = renderedAsAsked(traffic, facts).flatMap((manifest) => {
    const kind = childKindOf(manifest.apiVersion, manifest.kind);
    return kind !== undefined && isRouteKind(kind) ? [extractOf(kind, manifest)] : [];
  });
  remembered.set(traffic, { ...facts, routes });
  return routes;
}

/** Whether they are the same objects: caches replace a fact that changes. */
function isSame(a: Facts, b: Facts): boolean {
  return (
    a.platform === b.platform &&
    a.ingressClasses.length === b.ingressClasses.length &&
    a.ingressClasses.every((one, at) => one === b.ingressClasses[at])
  );
}
