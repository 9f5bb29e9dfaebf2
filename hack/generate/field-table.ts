/** Tables of a schema's fields and rules, in Markdown. */
import { defaultWords, fieldsBelow, typeWords } from '../../src/cli/docs/schema-field.ts';
import type { SchemaField } from '../../src/cli/docs/schema-field.ts';
import { children } from '../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../src/cli/docs/schema-node.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text}\``;

function fieldLine(field: SchemaField): string {
  const { path, node } = field;
  const { description, 'x-becomes': becomes } = node;
  const fallback = defaultWords(field) ?? '';
  const meaning = `${String(description)}${typeof becomes === 'string' ? ` Becomes ${becomes}.` : ''}`;
  return `| ${[code(path), typeWords(node, code), fallback, meaning].map(cell).join(' | ')} |`;
}

/** A heading and the table of some fields. */
export function section(title: string, rows: readonly SchemaField[]): string {
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
  const rows = fieldsBelow(schema, '').map((row) => ({ ...row, path: row.path.slice(1) }));
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
