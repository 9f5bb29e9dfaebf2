/** The fields of spec as the CRD has them, and which of them differ between two specs: so that tests can say they left none out. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { field } from '../testbed/kube-object.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
};

const crd: unknown = parse(readFileSync('crds/apptraffics.apptraffic.dev.yaml', 'utf8'));
const openApi = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema'] as const;
const specSchema = field(crd, ...openApi, 'properties', 'spec') as Schema;

/** Every field that holds a value, e.g. `external.routes[].match.headers.*`; `[]` is an element, `.*` a value of a map. */
export function specFields(schema: Schema = specSchema, path = ''): readonly string[] {
  const { properties, items, additionalProperties } = schema;
  if (items !== undefined) return specFields(items, `${path}[]`);
  if (additionalProperties !== undefined) return specFields(additionalProperties, `${path}.*`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, inner]) =>
    specFields(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** The fields that two specs give other values. */
export function changedFields(from: object, to: object): readonly string[] {
  const [before, after] = [valuesOf(from), valuesOf(to)];
  return specFields().filter((path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path)));
}

/** Per field the values, in order; values of maps with their keys. */
function valuesOf(spec: object): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, unknown[]>();
  const visit = (
    value: unknown,
    { properties, items, additionalProperties }: Schema,
    path: string,
    keys: string,
  ): void => {
    if (value === undefined) return;
    if (items !== undefined) {
      for (const item of value as readonly unknown[]) visit(item, items, `${path}[]`, keys);
    } else if (additionalProperties !== undefined) {
      for (const [key, item] of Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))) {
        visit(item, additionalProperties, `${path}.*`, `${keys}/${key}`);
      }
    } else if (properties === undefined) {
      found.set(path, [...(found.get(path) ?? []), [keys, value]]);
    } else {
      for (const [name, inner] of Object.entries(properties)) {
        visit(field(value, name), inner, path === '' ? name : `${path}.${name}`, keys);
      }
    }
  };
  visit(spec, specSchema, '', '');
  return found;
}
