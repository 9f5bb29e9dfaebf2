/** Bounded maps from strings, with a rule on their keys. */
import { z } from 'zod';
import { celMatches, unless, withRules } from './rule.ts';
import { text } from './text.ts';
import type { TextForm } from './text.ts';

/** What a map's keys look like, and how many there may be. */
export type MapForm = {
  readonly keys: TextForm;
  /** Fewest entries; 1 unless told. */
  readonly least?: number;
  readonly most: number;
};

/** A map whose keys have a form. The API server checks keys by CEL, since a structural schema cannot. */
export function stringMap<V extends z.ZodType>(values: V, form: MapForm): z.ZodRecord<z.ZodString, V> {
  const { keys, least = 1, most } = form;
  const { pattern, max } = keys;
  return withRules(z.record(z.string(), values), [
    {
      message: 'has too few or too many entries',
      fix: `write ${least} to ${most} entries`,
      keywords: { minProperties: least, maxProperties: most },
      faults: (map: object) => unless(Object.keys(map).length >= least && Object.keys(map).length <= most),
    },
    {
      message: `a key ${keys.message}`,
      fix: keys.fix,
      cel: `self.all(key, key.size() <= ${max} && ${celMatches('key', pattern)})`,
      faults: (map: object) =>
        Object.keys(map).flatMap((key) => (key.length <= max && pattern.test(key) ? [] : [[key]])),
    },
  ]).meta({ 'x-keys': pattern.source });
}

const namePart = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const dnsPart = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

/**
 * A key of a label or annotation: an optional DNS prefix of at most 253 characters and a name of at most 63 (apimachinery
 * IsQualifiedName). RE2 cannot bound the prefix, so the whole is held to 255, which no longer prefix fits into.
 */
export const qualifiedName: TextForm = {
  pattern: new RegExp(`^(?:${dnsPart}(?:\\.${dnsPart})*\\/)?${namePart}$`),
  max: 255,
  message: 'is not a label or annotation key',
  fix: 'write NAME or DOMAIN/NAME, the name of at most 63 letters, digits, dashes, underscores and dots',
};

const labelValue = text({
  pattern: new RegExp(`^(?:${namePart})?$`),
  max: 63,
  message: 'is not a label value',
  fix: 'use at most 63 letters, digits, dashes, underscores and dots, begin and end with a letter or digit',
});

/** Labels that a pod must carry; replaced as a whole by server-side apply, since half of a selector means something else. */
export const labelSelector = stringMap(labelValue, { keys: qualifiedName, most: 16 }).meta({
  'x-kubernetes-map-type': 'atomic',
});
