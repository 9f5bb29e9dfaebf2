/** Makes the support matrix from the feature tables, the proofs of live cases and the golden cases. */
import { proofs } from '../../test/mesh/live/proof.ts';
import { fieldsOfRow, isBelow } from './feature-fields.ts';
import { allDialects, istioTables, tablesOf } from './feature-tables.ts';
import type { SupportRow, SupportTable } from './feature-tables.ts';
import { goldenUses, liveIngressUses } from './features-in-use.ts';
import type { Use } from './features-in-use.ts';
import type { GeneratedFile } from './generated-files.ts';
import type { Dialect } from '../../src/translate/ingress/dialect.ts';

/** A provider: its name, its row for a feature, and what shows that the row is true. */
type Column = {
  readonly title: string;
  readonly rowOf: (table: string, row: string) => SupportRow;
  readonly shownBy: (table: string, row: string) => string;
};

const titles: Readonly<Record<string, string>> = {
  routes: 'Routes',
  edge: 'Hosts',
  protocols: 'Protocols of ports',
  connections: 'Connections to pods',
};

const byContract: SupportRow = { support: 'exact', field: '' };

function istioColumn(tables: readonly SupportTable[]): Column {
  return {
    title: 'Istio',
    rowOf: (_table, row) => tables.find((table) => row in table)?.[row] ?? byContract,
    shownBy: liveProof,
  };
}

/** The live cases of a row's fields; where there is none, what the test bed lacks. Throws when neither is known. */
function liveProof(table: string, row: string): string {
  const fields = fieldsOfRow(table, row);
  const own = proofs().filter(({ path }) => fields.some((field) => isBelow(path, field)));
  const cases = own.flatMap((proof) => proof.cases);
  const lacks = [...new Set(own.flatMap(({ reason }) => reason ?? []))];
  if (cases.length > 0) return provenLive(cases);
  if (lacks.length > 0) return `golden only: ${lacks.join('; ')}`;
  throw new Error(`${table}.${row}: neither a live case nor a reason in test/mesh/live/proof.ts`);
}

type ShownCase = { readonly file: string; readonly title: string };

function provenLive(cases: readonly ShownCase[]): string {
  const links = cases.map(({ file, title }) => `(../../${file} "${title.replaceAll('"', "'")}")`);
  return `proven live: ${[...new Set(links)].map((link, at) => `[${at + 1}]${link}`).join(' ')}`;
}

function ingressColumn(dialect: Dialect, uses: readonly Use[]): Column {
  const tables = tablesOf(dialect);
  const goldens = uses.filter(({ target }) => target === dialect.title);
  // In the test bed Istio is the controller of an IngressClass; it knows no annotations but is told by plain Ingresses.
  const live = dialect.controller === undefined ? liveIngressUses() : [];
  return {
    title: dialect.title,
    rowOf: (table, row) => tables[table]?.[row] ?? missing(dialect.title, `${table}.${row}`),
    shownBy: (table, row) => {
      const uses = ({ rows }: Pick<Use, 'rows'>): boolean => rows.includes(`${table}.${row}`);
      const cases = live.filter(uses).map(({ name: title }) => ({ file: 'test/mesh/outside.test.ts', title }));
      if (cases.length > 0) return `${provenLive(cases)}, with Istio as its controller`;
      const golden = goldens.find(uses);
      const files = golden === undefined ? 'golden' : `[golden](../../test/golden/${golden.name})`;
      return `${files} only: ${lackOf(dialect)}`;
    },
  };
}

/** Why no case on a real controller shows a dialect. */
function lackOf({ controller, title }: Dialect): string {
  return controller === undefined
    ? 'each controller has its own way here, and the test bed has none but Istio'
    : `no ${title} runs in the test bed`;
}

function missing(title: string, row: string): never {
  throw new Error(`${title} has no row ${row}`);
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function cellOf({ rowOf, shownBy }: Column, table: string, row: string): string {
  const found = rowOf(table, row);
  if (found.support === 'unsupported') return cell(`**refused**: ${found.why}`);
  const verdict = found.support === 'differs' ? `**differs**: ${found.how}` : '**exact**';
  return cell(`${verdict}; ${shownBy(table, row)}`);
}

function section(name: string, rows: readonly string[], columns: readonly Column[]): readonly string[] {
  return [
    `## ${titles[name] ?? name}`,
    '',
    `| feature | fields | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...rows.map((row) => {
      const fields = fieldsOfRow(name, row).map((field) => `\`${field}\``);
      return `| ${[row, fields.join(' '), ...columns.map((column) => cellOf(column, name, row))].join(' | ')} |`;
    }),
    '',
  ];
}

/** The matrix as Markdown. Throws where a cell would be empty. */
export async function supportMatrixFile(): Promise<GeneratedFile> {
  const uses = await goldenUses();
  const columns = [istioColumn(await istioTables()), ...allDialects.map((dialect) => ingressColumn(dialect, uses))];
  const found = Object.assign({}, ...allDialects.map(tablesOf)) as Record<string, SupportTable>;
  const names = [...new Set([...Object.keys(titles), ...Object.keys(found)])];
  const text = [
    '<!-- GENERATED from the feature tables of src/translate by hack/generate; do not edit. -->',
    '# What each provider does with a feature',
    '',
    'One row is one feature of the model, with the fields of a spec that ask for it. A cell says how the provider serves it:',
    '',
    '- **exact**: as [every field](apptraffic.md) says. **differs**: as the cell says; an app that asks for it has a Warning',
    '  ([AT0702](../problems/AT0702.md)) where the difference depends on the app.',
    '- **refused**: an app that asks for it is refused whole ([AT0701](../problems/AT0701.md)); `apptraffic validate` says so offline.',
    '- *proven live*: real requests through real Envoys show it; each number is a case ([all of them](live-cases.md)). *golden only*: what',
    '  is written for it is compared byte by byte, and the cell says which part the test bed lacks.',
    '',
    ...names.flatMap((name) => section(name, Object.keys(found[name] ?? {}), columns)),
  ].join('\n');
  return { path: 'docs/reference/support-matrix.md', text };
}
