/** The commands in the documentation: where each block is run, or why not, and what it is said to print. */
import { blocksOf, documents } from './markdown.ts';
import type { Block } from './markdown.ts';

/** What the note of a `sh` block says. `exits`: the exit code of the whole block. */
export type ShellUse =
  | { readonly runs: 'unit' | 'integration'; readonly exits: number }
  /** A reader runs it; the tests do not, for this reason. */
  | { readonly runs: 'never'; readonly reason: string };

/** What to do with a block of a document, in the order in which a reader meets it. */
export type Step =
  /** Run it; `prints`: what the block below it says that a reader then sees. */
  | { readonly block: Block; readonly use: ShellUse; readonly prints?: string }
  /** Save it as the file that its note names. */
  | { readonly block: Block; readonly saveAs: string };

/** Reads the note of a `sh` block: `test: unit`, `test: integration`, with ` exits: CODE` where it is not 0, or `no-run: REASON`. */
export function shellUse({ file, line, note }: Block): ShellUse {
  const [, runs, code = '0'] = /^test: (unit|integration)(?: exits: (\d+))?$/.exec(note) ?? [];
  if (runs === 'unit' || runs === 'integration') return { runs, exits: Number(code) };
  const [, reason] = /^no-run: (.+)$/.exec(note) ?? [];
  if (reason !== undefined) return { runs: 'never', reason };
  throw new Error(`${file}:${line}: say where the block is run: test: unit, test: integration, or no-run: REASON`);
}

/** The blocks of a document that are run, saved or compared. Throws for a note that means nothing here. */
export function stepsOf(file: string): readonly Step[] {
  const blocks = blocksOf(file);
  return blocks.flatMap((block, at): readonly Step[] => {
    const { language, note, line } = block;
    const next = blocks[at + 1];
    if (language === 'sh') {
      const prints = next?.note === 'output' ? { prints: next.text } : {};
      return [{ block, use: shellUse(block), ...prints }];
    }
    if (note === 'output') {
      if (blocks[at - 1]?.language === 'sh') return [];
      throw new Error(`${file}:${line}: an output block stands right below the sh block that prints it`);
    }
    const saveAs = /^save: ([\w.-]+)$/.exec(note)?.[1];
    return saveAs === undefined ? [] : [{ block, saveAs }];
  });
}

/** Documents with at least one block for this suite. */
export function documentsFor(suite: 'unit' | 'integration'): readonly string[] {
  return documents().filter((file) => stepsOf(file).some((step) => 'use' in step && step.use.runs === suite));
}

/** What a block prints, as a pattern: `…` stands for anything within a line, a line of it alone for any lines. */
export function printedPattern(prints: string): RegExp {
  const lines = prints.trimEnd().split('\n');
  const patterns = lines.map((line) =>
    line.trim() === '…'
      ? '(?:.*\n)*?'
      : `${line
          .trimEnd()
          .split('…')
          .map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
          .join('.*')} *\n`,
  );
  return new RegExp(`^${patterns.join('')}$`);
}
