/** Where two specs differ, field by field: JSON pointers of what is lacking and of what is there and not desired. */
import { stableText } from '../kube/hash.ts';
import { isJsonObject } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import { isAppliedAlone } from '../kube/managed-fields.ts';
import type { FieldStep } from '../kube/managed-fields.ts';
import type { ObjectMeta } from '../kube/manifest.ts';

/** A place in an object: as a JSON pointer (RFC 6901), and as the steps of managedFields. */
export type Place = { readonly pointer: string; readonly steps: readonly FieldStep[] };

/**
 * One difference. `Lacking`: desired, and live is absent or has another value. `Extra`: live and not desired; `ours`:
 * the operator alone set it, so an apply without it removes it.
 */
export type Finding = Place & ({ readonly kind: 'Lacking' } | { readonly kind: 'Extra'; readonly ours: boolean });

/** The place of the spec. */
export const specPlace: Place = { pointer: '/spec', steps: ['f:spec'] };

/** The place of the annotations. */
export const annotationsPlace: Place = { pointer: '/metadata/annotations', steps: ['f:metadata', 'f:annotations'] };

/**
 * Compares two objects at `place`. Lists are atomic: one that differs is Lacking as a whole, because an apply that
 * names it takes the whole list back (VirtualService, DestinationRule, Gateway and the policies have no other lists).
 */
export function compareFields(
  desired: JsonObject,
  live: JsonObject,
  place: Place,
  owner: ObjectMeta,
): readonly Finding[] {
  const fields = [...new Set([...Object.keys(desired), ...Object.keys(live)])].sort();
  return fields.flatMap((field) => compareField(desired[field], live[field], below(place, field), owner));
}

function compareField(desired: unknown, live: unknown, place: Place, owner: ObjectMeta): readonly Finding[] {
  if (desired === undefined && live === undefined) return [];
  if (live === undefined) return [{ kind: 'Lacking', ...place }];
  if (desired === undefined) return [{ kind: 'Extra', ...place, ours: isAppliedAlone(owner, place.steps, live) }];
  if (isJsonObject(desired) && isJsonObject(live)) return compareFields(desired, live, place, owner);
  return stableText(desired) === stableText(live) ? [] : [{ kind: 'Lacking', ...place }];
}

/** The place of a field of the object at `place`. */
export function below({ pointer, steps }: Place, field: string): Place {
  return {
    pointer: `${pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    steps: [...steps, `f:${field}`],
  };
}
