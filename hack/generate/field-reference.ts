/** Makes the field reference: every field with its type, its default and its meaning, and the rules between fields. */
import { apiVersion, kind } from '../../src/api/v1alpha1/app-traffic.ts';
import type { GeneratedFile } from './generated-files.ts';
import { children, isNode, zodSchema } from './schema-node.ts';
import type { SchemaNode } from './schema-node.ts';
import { rulesOf } from './structural.ts';

type Row = { readonly path: string; readonly node: SchemaNode; readonly isRequired: boolean };

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

function rowsBelow(node: SchemaNode, path: string): readonly Row[] {
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

/** The places of every rule, by its message. */
function placesOfRules(node: SchemaNode): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const visit = (at: SchemaNode, path: string): void => {
    for (const { message } of rulesOf(at)) places.set(message, [...(places.get(message) ?? []), path]);
    for (const [step, child] of children(at)) visit(child, path + step);
  };
  visit(node, '');
  return places;
}

function ruleLine([message, paths]: readonly [string, readonly string[]]): string {
  const where = paths.map((path) => code(path === '' ? 'metadata.name' : path.slice(1))).join(' ');
  return `| ${cell(message)} | ${cell(where)} |`;
}

function section(title: string, rows: readonly Row[]): string {
  return [
    `## ${title}`,
    '',
    '| field | type | default | meaning |',
    '|---|---|---|---|',
    ...rows.map(fieldLine),
    '',
  ].join('\n');
}

/** The field reference as Markdown. `[]` is an element of a list, `.*` a value of a map. */
export function fieldReferenceFile(): GeneratedFile {
  const schema = zodSchema('openapi-3.0');
  const rows = rowsBelow(schema, '').filter(({ path }) => path.startsWith('.spec.') || path.startsWith('.status.'));
  const named = rows.map((row) => ({ ...row, path: row.path.slice(1) }));
  const tops = [
    ...new Set(
      named.map(({ path }) =>
        path
          .split(/[.[]/)
          .slice(0, path.startsWith('spec.') ? 2 : 1)
          .join('.'),
      ),
    ),
  ];
  const isIn = (top: string) => (row: Row) =>
    row.path === top || (/^[.[]/.test(row.path.slice(top.length)) && row.path.startsWith(top));
  const text = [
    `<!-- GENERATED from src/api by hack/generate; do not edit. -->`,
    `# ${kind}, ${apiVersion}: every field`,
    '',
    '`[]` is an element of a list, `.*` a value of a map. Durations are a whole number and a unit: `250ms`, `5s`, `10m`, `1h`.',
    '',
    ...tops.map((top) => section(top, named.filter(isIn(top)))),
    '## Rules',
    '',
    'Checked by the API server and by `apptraffic validate` alike.',
    '',
    '| what is wrong: what to do | where |',
    '|---|---|',
    ...Array.from(placesOfRules(schema), ruleLine),
    '',
  ].join('\n');
  return { path: 'docs/reference/apptraffic.md', text };
}
