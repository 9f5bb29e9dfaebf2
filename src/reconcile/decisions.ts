/** Decisions: the routes that apps were granted and that are still being written; they count as live from the decision on. */
import { childKindOf } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import { isRouteKind } from '../plan/edge.ts';
import { extractOf } from '../plan/extract.ts';
import type { Extract } from '../plan/extract.ts';

type Decision = { readonly uid: string; readonly routes: readonly Manifest[] };

/**
 * Without them two apps that come at the same time could both be granted one host: neither is live while the other is
 * judged. Compile runs in one go, so whoever is judged second sees the decision about the first.
 */
export class Decisions {
  readonly #decisions = new Map<string, Decision>();

  /** The app (`namespace/name`, and the uid it has now) is about to get these objects, and no others. */
  take(key: string, uid: string, manifests: readonly Manifest[]): void {
    const routes = manifests.filter(({ apiVersion, kind }) => {
      const child = childKindOf(apiVersion, kind);
      return child !== undefined && isRouteKind(child);
    });
    this.#decisions.set(key, { uid, routes });
  }

  /** What was decided is written by now, or nothing is going to be. */
  end(key: string): void {
    this.#decisions.delete(key);
  }

  /** The route objects that the app is about to have. */
  routesOf(key: string, uid: string): readonly Extract[] {
    const decision = this.#decisions.get(key);
    if (decision?.uid !== uid) return [];
    return decision.routes.flatMap((manifest) => {
      const kind = childKindOf(manifest.apiVersion, manifest.kind);
      return kind === undefined ? [] : [extractOf(kind, manifest)];
    });
  }
}
