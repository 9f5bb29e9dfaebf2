/** Tables of a schema's fields and rules, in Markdown. */
import { children, isNode } from './schema-node.ts';
import type { SchemaNode } from './schema-node.ts';

/** One field; `path` begins with a dot. */
export type Row = { readonly path: string; readonly node: SchemaNode; readonly isRequired: boolean };

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text}\``;

function range(node: SchemaNode): string {
  const { minimum, maximum } = node;
  return typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER
    ? ` ${minimum}-${maximum}`
    : '';
}

/** The type of a node in words, with how much of it there may be. */
function typeWords(node: SchemaNode): string {
  const { type, enum: values, items, additionalProperties, maxItems, maxProperties, maxLength } = node;
  if (Array.isArray(values)) return values.map((value) => code(String(value))).join(' ');
  if (isNode(items)) return `list (up to ${String(maxItems)}) of ${typeWords(items)}`;
  if (isNode(additionalProperties)) return `map (up to ${String(maxProperties)}) to ${typeWords(additionalProperties)}`;
  if (type === 'string') return typeof maxLength === 'number' ? `string (up to ${maxLength})` : 'string';
  return `${String(type)}${range(node)}`;
}

/** Every field below a node, depth first. */
export function rowsBelow(node: SchemaNode, path: string): readonly Row[] {
  const required: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
  return children(node).flatMap(([step, child]) => {
    const at = path + step;
    const isField = step.startsWith('.') && step !== '.*';
    const row = isField ? [{ path: at, node: child, isRequired: required.includes(step.slice(1)) }] : [];
    return [...row, ...rowsBelow(child, at)];
  });
}

function fieldLine({ path, node, isRequired }: Row): string {
  const { description, 'x-absent': absent, 'x-becomes': becomes } = node;
  const fallback = isRequired ? 'required' : typeof absent === 'string' ? absent : '';
  const meaning = `${String(description)}${typeof becomes === 'string' ? ` Becomes ${becomes}.` : ''}`;
  return `| ${[code(path), typeWords(node), fallback, meaning].map(cell).join(' | ')} |`;
}

/** A heading and the table of some fields. */
export function section(title: string, rows: readonly Row[]): string {
  return [
    `## ${title}`,
    '',
    '| field | type | default | meaning |',
    '|---|---|---|---|',
    ...rows.map(fieldLine),
    '',
  ].join('\n');
}

/** The table of rules: each message with the places where it is checked. */
export function ruleTable(rules: readonly (readonly [message: string, places: readonly string[]])[]): string {
  return [
    '| what is wrong: what to do | where |',
    '|---|---|',
    ...rules.map(([message, places]) => `| ${cell(message)} | ${cell(places.map(code).join(' '))} |`),
    '',
  ].join('\n');
}

/** The places of every rule of a schema, by message, in order of their first place; the path of the schema itself is empty. */
export function placesOfRules(
  schema: SchemaNode,
  messagesOf: (node: SchemaNode) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const visit = (at: SchemaNode, path: string): void => {
    for (const message of messagesOf(at)) places.set(message, [...(places.get(message) ?? []), path]);
    for (const [step, child] of children(at)) visit(child, path + step);
  };
  visit(schema, '');
  return places;
}

/** The sections of a document that is read whole: its fields, and its checks. */
export function fieldsAndRules(schema: SchemaNode): readonly string[] {
  const rows = rowsBelow(schema, '').map((row) => ({ ...row, path: row.path.slice(1) }));
  const rules = Array.from(
    placesOfRules(schema, checksOf),
    ([message, paths]) => [message, paths.map((path) => path.slice(1))] as const,
  );
  return [section('Fields', rows), '## Rules', '', ruleTable(rules)];
}

function checksOf(node: SchemaNode): readonly string[] {
  const found = node['x-checks'];
  return Array.isArray(found) ? found.map(String) : [];
}
