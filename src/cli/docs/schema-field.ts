/** The fields of a schema, each with its type in words; the field references and `apptraffic docs` print them. */
import { children, isNode } from './schema-node.ts';
import type { SchemaNode } from './schema-node.ts';

/** One field; `path` begins with a dot; in it `[]` is an element of a list, `.*` a value of a map. */
export type SchemaField = { readonly path: string; readonly node: SchemaNode; readonly isRequired: boolean };

/** Every field below a node, depth first; `path` is the path of the node. */
export function fieldsBelow(node: SchemaNode, path: string): readonly SchemaField[] {
  const required: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
  return children(node).flatMap(([step, child]) => {
    const at = path + step;
    const isField = step.startsWith('.') && step !== '.*';
    const field = isField ? [{ path: at, node: child, isRequired: required.includes(step.slice(1)) }] : [];
    return [...field, ...fieldsBelow(child, at)];
  });
}

function range(node: SchemaNode): string {
  const { minimum, maximum } = node;
  return typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER
    ? ` ${minimum}-${maximum}`
    : '';
}

/** The type of a node in words, with how much of it there may be; `quote` marks the values of an enum. */
export function typeWords(node: SchemaNode, quote: (value: string) => string): string {
  const { type, enum: values, items, additionalProperties, maxItems, maxProperties, maxLength } = node;
  if (Array.isArray(values)) return values.map((value) => quote(String(value))).join(' ');
  if (isNode(items)) return `list (up to ${String(maxItems)}) of ${typeWords(items, quote)}`;
  if (isNode(additionalProperties))
    return `map (up to ${String(maxProperties)}) to ${typeWords(additionalProperties, quote)}`;
  if (type === 'string') return typeof maxLength === 'number' ? `string (up to ${maxLength})` : 'string';
  return `${String(type)}${range(node)}`;
}

/** What holds when a field is absent; undefined: nothing in particular. */
export function defaultWords({ node, isRequired }: SchemaField): string | undefined {
  const { 'x-absent': absent } = node;
  if (isRequired) return 'required';
  return typeof absent === 'string' ? absent : undefined;
}
