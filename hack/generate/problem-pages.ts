/** Puts the pages of docs/problems into one file, so that the program carries them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemCodes } from '../../src/model/problem-codes.ts';
import type { GeneratedFile } from './generated-files.ts';

const folder = join(import.meta.dirname, '../../docs/problems');

/** The text of every page by its code, one line each. Throws when a code has no page. */
export function problemPagesFile(): GeneratedFile {
  const pages = Object.keys(problemCodes).map(
    (code) => [code, readFileSync(join(folder, `${code}.md`), 'utf8')] as const,
  );
  const text = [
    '/** GENERATED from docs/problems by hack/generate; do not edit. The page of every problem code, in Markdown. */',
    'export const problemPages = {',
    ...pages.map(([code, page]) => `  ${code}: ${JSON.stringify(page)},`),
    '} as const;',
    '',
  ].join('\n');
  return { path: 'src/generated/problem-pages.ts', text };
}
