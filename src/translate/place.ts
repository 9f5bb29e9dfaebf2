/** The engine that reads feature tables: the pieces that a route becomes, and what a target says about it. */
import { compareProblems } from '../model/problem.ts';
import type { Problem } from '../model/problem.ts';
import type { Route, RouteFeature, RouteFeatures } from '../model/route.ts';
import type { Located } from '../model/located.ts';
import type { FeatureTable, Verdict } from './feature-table.ts';

/** What the rows of a table build from the features of a route, in the order of the table; unsupported features build nothing. */
export function placeRoute<Context, Out>(
  table: FeatureTable<Context, Out>,
  route: Route,
  context: Context,
): readonly Out[] {
  return featuresOf(table).flatMap((feature) => built(table[feature], route.features[feature], context));
}

/**
 * AT0701 for every feature that the target has no way for, AT0702 for every one that behaves differently there; each at
 * the user's field, sorted. `target` is the name that a user knows, e.g. `Istio` or `ingress-nginx`.
 */
export function placementProblems<Context, Out>(
  table: FeatureTable<Context, Out>,
  routes: readonly Route[],
  target: string,
): readonly Problem[] {
  return routes
    .flatMap((route) =>
      featuresOf(table).flatMap((feature) => problemOf(table[feature], route.features[feature], target)),
    )
    .sort(compareProblems);
}

/** A table has a row for every feature and nothing else (its type says so), so its keys are the features. */
function featuresOf<Context, Out>(table: FeatureTable<Context, Out>): readonly RouteFeature[] {
  return Object.keys(table) as RouteFeature[];
}

function built<F extends RouteFeature, Context, Out>(
  placement: FeatureTable<Context, Out>[F],
  located: RouteFeatures[F],
  context: Context,
): readonly Out[] {
  return located === undefined || placement.support === 'unsupported' ? [] : [placement.build(located.value, context)];
}

/** AT0701 or AT0702 for one feature that is asked for, at the user's field. */
export function problemOf(
  placement: Verdict,
  located: Located<unknown> | undefined,
  target: string,
): readonly Problem[] {
  if (located === undefined) return [];
  const field = located.at;
  if (placement.support === 'unsupported') {
    return [{ code: 'AT0701', field, message: `${target} has no way for it: ${placement.why}`, fix: placement.fix }];
  }
  if (placement.support === 'differs') {
    return [{ code: 'AT0702', field, message: `on ${target} ${placement.how}`, fix: 'remove it where that matters' }];
  }
  return [];
}
