/** Feature tables: where each feature of a route lands in a target, or why it cannot. The compiler refuses a table that forgets one. */
import type { Behaviours } from '../model/profile.ts';
import type { RouteFeature, RouteFeatureValues } from '../model/route.ts';

/**
 * Where one feature lands. `field` is the upstream field, e.g. `VirtualService spec.http[].timeout`.
 * `build` turns the model's value into `Out`, the piece of the upstream object.
 */
export type Placement<Value, Context, Out> =
  | { readonly support: 'exact'; readonly field: string; readonly build: (value: Value, context: Context) => Out }
  | {
      readonly support: 'differs';
      /** What is different, as a sentence that a user reads. */
      readonly how: string;
      readonly field: string;
      readonly build: (value: Value, context: Context) => Out;
      /** The same as data; empty: no request gets another answer. */
      readonly effect: Partial<Behaviours>;
    }
  | {
      readonly support: 'unsupported';
      /** Why, as a sentence. */ readonly why: string;
      /** What to do instead. */ readonly fix: string;
    };

/** What a row says of a feature, whatever it builds. */
export type Verdict =
  | { readonly support: 'exact' }
  | { readonly support: 'differs'; readonly how: string }
  | { readonly support: 'unsupported'; readonly why: string; readonly fix: string };

/** One row for every route feature of the model. */
export type FeatureTable<Context, Out> = {
  readonly [F in RouteFeature]: Placement<RouteFeatureValues[F], Context, Out>;
};

/** The feature means what api.md §3 says; it lands at the upstream `field`. */
export function exact<Value, Context, Out>(
  field: string,
  build: (value: Value, context: Context) => Out,
): Placement<Value, Context, Out> {
  return { support: 'exact', field, build };
}

/** The feature lands at `field` and behaves differently: `how` tells the user in a Warning, `effect` is part of the profile. */
export function differs<Value, Context, Out>(
  { how, effect = {} }: { readonly how: string; readonly effect?: Partial<Behaviours> },
  field: string,
  build: (value: Value, context: Context) => Out,
): Placement<Value, Context, Out> {
  return { support: 'differs', how, field, build, effect };
}

/** The target has no way; an app that uses the feature is refused with `why` and `fix`. */
export function unsupported<Value, Context, Out>(why: string, fix: string): Placement<Value, Context, Out> {
  return { support: 'unsupported', why, fix };
}
