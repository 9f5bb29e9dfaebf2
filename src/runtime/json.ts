/** Narrow looks into JSON of unknown shape. */

/** A JSON object of unknown content. */
export type JsonObject = { readonly [field: string]: unknown };

/** Whether a value is a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below `field`, or an empty one. */
export function objectAt(value: unknown, field: string): JsonObject {
  const below = isJsonObject(value) ? value[field] : undefined;
  return isJsonObject(below) ? below : {};
}

/** The array below `field`, or an empty one. */
export function arrayAt(value: unknown, field: string): readonly unknown[] {
  const below = isJsonObject(value) ? value[field] : undefined;
  return Array.isArray(below) ? below : [];
}

/** The text below `field`, or an empty one. */
export function textAt(value: unknown, field: string): string {
  const below = isJsonObject(value) ? value[field] : undefined;
  return typeof below === 'string' ? below : '';
}

/** The number below `field`, or undefined. */
export function numberAt(value: unknown, field: string): number | undefined {
  const below = isJsonObject(value) ? value[field] : undefined;
  return typeof below === 'number' ? below : undefined;
}
