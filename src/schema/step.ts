/** One step down the zod schema, along a path into a value. */
import { z } from 'zod';

/** The schema itself, without the wrapper that says it may be absent. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodExactOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema;
}

/** The schema of a field, of a map's value or of a list's element; undefined where the schema knows no such part. */
export function schemaAt(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  const own = unwrapped(schema);
  if (own instanceof z.ZodArray) return own.element;
  if (own instanceof z.ZodRecord) return own.valueType;
  if (!(own instanceof z.ZodObject)) return undefined;
  const shape: Readonly<Record<string, z.core.$ZodType>> = own.shape;
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}

/** The names of the fields that an object at the end of the path has; none when there is no object. */
export function fieldsAt(schema: z.core.$ZodType, path: readonly (string | number)[]): readonly string[] {
  const end = path.reduce<z.core.$ZodType | undefined>((at, key) => at && schemaAt(at, key), schema);
  const own = end && unwrapped(end);
  return own instanceof z.ZodObject ? Object.keys(own.shape) : [];
}
