/** The project's Markdown files as the tests read them: fenced blocks, links, headings. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the checkout. */
export const root = join(import.meta.dirname, '../..');

/** A fenced block. The info string is its language and a note: ```` ```sh test: unit ```` has the note `test: unit`. */
export type Block = {
  /** Path from the root of the checkout. */
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly note: string;
  readonly text: string;
};

/** A link to another place of the repository or of the web, as it is written. */
export type Link = { readonly file: string; readonly line: number; readonly target: string };

/** Every Markdown file of the repository, by its path from the root. */
export function documents(): readonly string[] {
  const isOurs = (path: string): boolean => !/(^|\/)(node_modules|dist|\.git|\.cache)(\/|$)/.test(path);
  return globSync('**/*.md', { cwd: root, exclude: (path) => !isOurs(path) })
    .filter(isOurs)
    .sort();
}

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** A line of a file, counted from 1. */
export type Line = { readonly text: string; readonly number: number };
type Piece = { readonly fence: Line; readonly inside: readonly string[] } | Line;

/** The lines of a text; those of a fenced block together. Throws for a fence that is never closed. */
function pieces(file: string): readonly Piece[] {
  const found: Piece[] = [];
  let open: { readonly fence: Line; readonly mark: string; readonly inside: string[] } | undefined;
  for (const [at, text] of textOf(file).split('\n').entries()) {
    const mark = /^\s*(`{3,})/.exec(text)?.[1];
    if (open === undefined && mark !== undefined) open = { fence: { text, number: at + 1 }, mark, inside: [] };
    else if (open === undefined) found.push({ text, number: at + 1 });
    else if (text.trim() === open.mark) {
      found.push(open);
      open = undefined;
    } else open.inside.push(text);
  }
  if (open !== undefined) throw new Error(`${file}:${open.fence.number}: the fence is never closed`);
  return found;
}

/** The fenced blocks of a file, in order; their text without the indentation of the fence. */
export function blocksOf(file: string): readonly Block[] {
  return pieces(file).flatMap((piece): readonly Block[] => {
    if (!('fence' in piece)) return [];
    const [, indent = '', info = ''] = /^(\s*)`+(.*)$/.exec(piece.fence.text) ?? [];
    const [, language = '', note = ''] = /^(\S*)\s*(.*)$/.exec(info.trim()) ?? [];
    const text = piece.inside.map((line) => `${line.startsWith(indent) ? line.slice(indent.length) : line}\n`).join('');
    return [{ file, line: piece.fence.number, language, note, text }];
  });
}

/** The lines of a file outside of fenced blocks. */
export const proseOf = (file: string): readonly Line[] =>
  pieces(file).flatMap((piece) => ('fence' in piece ? [] : [piece]));

/** The links of a file outside of fenced blocks and code. */
export function linksOf(file: string): readonly Link[] {
  return proseOf(file).flatMap(({ text, number }) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({
      file,
      line: number,
      target,
    })),
  );
}

/** The places that a file's headings offer as link targets, in GitHub's spelling. */
export function anchorsOf(file: string): readonly string[] {
  return proseOf(file).flatMap(({ text }) => {
    const heading = /^#+ (.*)$/.exec(text)?.[1];
    if (heading === undefined) return [];
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
    return [words.replaceAll(' ', '-')];
  });
}

/** Paths of the repository that a file names in `code`, e.g. `config/samples/shop.yaml`; none with placeholders. */
export function pathsNamedIn(file: string): readonly Link[] {
  const isPath = /^(?:config|crds|docs|hack|src|test)\/[\w./-]*$/;
  return proseOf(file).flatMap(({ text, number }) =>
    [...text.matchAll(/`([^`]+)`/g)]
      .map(([, code = '']) => ({ file, line: number, target: code }))
      .filter(({ target }) => isPath.test(target)),
  );
}

/** The rows of the table below a heading of the second level, cell by cell, without its head. */
export function tableBelow(file: string, heading: string): readonly (readonly string[])[] {
  const lines = proseOf(file).map(({ text }) => text);
  const rest = lines.slice(lines.indexOf(`## ${heading}`) + 1);
  const end = rest.findIndex((line) => line.startsWith('#'));
  const rows = rest.slice(0, end === -1 ? undefined : end).filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
}
