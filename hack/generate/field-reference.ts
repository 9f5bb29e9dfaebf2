/** Makes the field reference: every field with its type, its default and its meaning, and the rules between fields. */
import { apiVersion, kind } from '../../src/api/v1alpha1/app-traffic.ts';
import type { GeneratedFile } from './generated-files.ts';
import { fieldsBelow } from '../../src/cli/docs/schema-field.ts';
import type { SchemaField } from '../../src/cli/docs/schema-field.ts';
import { placesOfRules, ruleTable, section } from './field-table.ts';
import { zodSchema } from '../../src/cli/docs/schema-node.ts';
import { rulesOf } from './structural.ts';

/** The field reference as Markdown. `[]` is an element of a list, `.*` a value of a map. */
export function fieldReferenceFile(): GeneratedFile {
  const schema = zodSchema('openapi-3.0');
  const rows = fieldsBelow(schema, '').filter(({ path }) => path.startsWith('.spec.') || path.startsWith('.status.'));
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
  const isIn = (top: string) => (row: SchemaField) =>
    row.path === top || (/^[.[]/.test(row.path.slice(top.length)) && row.path.startsWith(top));
  const messages = placesOfRules(schema, (node) => rulesOf(node).map(({ message }) => message));
  const rules = Array.from(
    messages,
    ([message, paths]) => [message, paths.map((path) => (path === '' ? 'metadata.name' : path.slice(1)))] as const,
  );
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
    ruleTable(rules),
  ].join('\n');
  return { path: 'docs/reference/apptraffic.md', text };
}
