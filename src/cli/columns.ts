/** Text in columns. */

/** A name and its value. */
export type Row = readonly [name: string, value: string];

const gap = '   ';

/** A table: every column as wide as its widest cell, the last one as it comes. Ends with a line feed. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join(gap)
          .trimEnd()}\n`,
    )
    .join('');
}

/** Names and their values, the values below each other; names are at least `width` wide, so that several lists line up. */
export function alignedRows(rows: readonly Row[], width = 0): string {
  return table(rows.map(([name, value]) => [name.padEnd(width), value]));
}
