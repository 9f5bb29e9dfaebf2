/** The way from a field's path to the place in a YAML text where it stands. */
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Document, Node } from 'yaml';
import type { FieldPath } from './field-path.ts';

/** Offset of the field at `path` below `from`; of a field that is not there, the offset of the nearest field above it. */
export function offsetOf(document: Document, from: Node, path: FieldPath): number {
  let node: unknown = from;
  let offset = startOf(from) ?? 0;
  for (const part of path) {
    const found = stepInto(isAlias(node) ? node.resolve(document) : node, part);
    const start = startOf(found?.place);
    if (found === undefined || start === undefined) break;
    offset = start;
    node = found.value;
  }
  return offset;
}

/** Offset at which a node begins; undefined where there is no node. */
export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

type Found = { readonly place: unknown; readonly value: unknown };

function stepInto(node: unknown, part: string | number): Found | undefined {
  if (isSeq(node) && typeof part === 'number') return { place: node.items[part], value: node.items[part] };
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair === undefined ? undefined : { place: pair.key, value: pair.value };
}
