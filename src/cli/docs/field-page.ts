/** The reference of one field as `apptraffic docs` prints it. */
import { defaultWords, typeWords } from './schema-field.ts';
import type { SchemaField } from './schema-field.ts';

const asIs = (text: string): string => text;

/** The path of a field as a user writes it, e.g. `spec.external.routes[].to`. */
export function fieldName({ path }: SchemaField): string {
  return path.slice(1);
}

/** Type, default, what the field becomes, what it does, its rules, and the fields right below it. */
export function fieldPage(field: SchemaField, all: readonly SchemaField[]): string {
  const { description, 'x-becomes': becomes } = field.node;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['type', typeWords(field.node, asIs)],
    ['default', defaultWords(field)],
    ['becomes', typeof becomes === 'string' ? becomes : undefined],
  ];
  const below = all.filter(({ path }) => isRightBelow(field.path, path));
  return [
    fieldName(field),
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(8)} ${value}`])),
    ...(typeof description === 'string' ? ['', description] : []),
    ...listed(
      'Rules',
      rulesOf(field).map((rule) => `  ${rule}`),
    ),
    ...listed('Fields', fieldLines(field, below)),
    '',
  ].join('\n');
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

function fieldLines(above: SchemaField, below: readonly SchemaField[]): readonly string[] {
  const rows = below.map((field) => ({
    name: field.path.slice(above.path.length).replace(/^(\[\]|\.\*)?\./, ''),
    says: String(field.node.description).split(/(?<=\.) /)[0] ?? '',
  }));
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}`);
}

/** Whether nothing but list brackets or a map's key stands between two paths. */
function isRightBelow(above: string, path: string): boolean {
  return path.startsWith(above) && /^(\[\]|\.\*)?\.[^.[*]+$/.test(path.slice(above.length));
}

/** What the API server and `validate` check of the field beyond its type. */
function rulesOf({ node }: SchemaField): readonly string[] {
  const found = node['x-kubernetes-validations'];
  return Array.isArray(found) ? (found as { readonly message: string }[]).map(({ message }) => message) : [];
}
