/** Fields without a value, as YAML writes `key:` and templates write `key: null`. */
import { z } from 'zod';
import { schemaAt, unwrapped } from './step.ts';

/** Metadata of a field where an empty value must not mean absence, since absence lets more through. */
export const refusesNull = { 'x-refuses-null': true } as const;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isDropped(field: z.core.$ZodType, value: unknown): boolean {
  if (value !== null) return false;
  const own = unwrapped(field);
  return !(own instanceof z.ZodType && own.meta()?.['x-refuses-null'] === true);
}

/**
 * The value without the known fields and map entries that are null: the API server takes them as absent before it checks
 * anything (apiextensions, PruneNonNullableNullsWithoutDefaults). Unknown fields and list elements stay.
 */
export function withoutNulls(schema: z.core.$ZodType, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((one: unknown, at) => {
      const element = schemaAt(schema, at);
      return element === undefined ? one : withoutNulls(element, one);
    });
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
      const field = schemaAt(schema, key);
      if (field === undefined) return [[key, one]];
      return isDropped(field, one) ? [] : [[key, withoutNulls(field, one)]];
    }),
  );
}
