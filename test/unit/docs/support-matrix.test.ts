import { allDialects, tablesOf } from '../../../hack/generate/feature-tables.ts';
import { fieldsOfRow } from '../../../hack/generate/feature-fields.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, tableBelow } from '../../docs/markdown.ts';

const page = 'docs/reference/support-matrix.md';
const titles = { routes: 'Routes', edge: 'Hosts', protocols: 'Protocols of ports', connections: 'Connections to pods' };
const groups = [...new Set(allDialects.flatMap((dialect) => Object.keys(tablesOf(dialect))))];
const rowsBelow = (group: string): readonly (readonly string[])[] =>
  tableBelow(page, Object.hasOwn(titles, group) ? titles[group as keyof typeof titles] : group);

/** A verdict, and what shows it; what is refused needs no more than why. */
const cell =
  /^(\*\*exact\*\*|\*\*differs\*\*: .+); (proven live: \[1\]|golden only: .|\[golden\]\(.+\) only: .)|^\*\*refused\*\*: ./;

describe('the support matrix', () => {
  it.each(groups)('has every row of the table %s, with its fields', (group) => {
    const rows = new Set(allDialects.flatMap((dialect) => Object.keys(tablesOf(dialect)[group] ?? {})));
    const fields = Object.fromEntries(
      [...rows].map((row) => [row, fieldsOfRow(group, row).map((field) => `\`${field}\``)]),
    );
    expect(Object.fromEntries(rowsBelow(group).map(([row = '', named = '']) => [row, named.split(' ')]))).toEqual(
      fields,
    );
  });

  it.each(groups)('says in every cell of %s what the provider does, and what shows it or why not', (group) => {
    const cells = rowsBelow(group).flatMap(([, , ...providers]) => providers);
    expect(cells).toHaveLength(rowsBelow(group).length * (1 + allDialects.length));
    expect(cells.filter((text) => !cell.test(text))).toEqual([]);
  });

  it.each(groups)('leads from %s only to files that are there', (group) => {
    const targets = rowsBelow(group).flatMap((row) =>
      row.flatMap((text) => [...text.matchAll(/\]\(([^)\s]+)/g)].map(([, target = '']) => target)),
    );
    expect([...new Set(targets)].filter((target) => !existsSync(join(root, 'docs/reference', target)))).toEqual([]);
  });
});
