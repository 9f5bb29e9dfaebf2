/** The page of a problem code, for a terminal. */
import { problemPages } from '../../generated/problem-pages.ts';
import { problemCodes } from '../../model/problem-codes.ts';
import type { ProblemCode } from '../../model/problem-codes.ts';

/** Whether a word is a problem code; case counts. */
export function isProblemCode(word: string): word is ProblemCode {
  return Object.hasOwn(problemCodes, word);
}

/** The page as it stands in docs/problems, with links as paths from the root of the repository and fences without the notes for tests. */
export function problemPage(code: ProblemCode): string {
  return problemPages[code].replace(/^(```\w*) .*$/gm, '$1').replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, linkText);
}

function linkText(_link: string, text: string, target: string): string {
  if (/^https?:/.test(target)) return `${text} (${target})`;
  const path = target.startsWith('../') ? `docs/${target.slice('../'.length)}` : `docs/problems/${target}`;
  const bare = path.replace(/#.*$/, '');
  if (isProblemCode(text)) return text;
  return bare.endsWith(text) ? bare : `${text} (${bare})`;
}

/** Every code and its title, one a line. */
export function codeList(): string {
  return Object.entries(problemCodes)
    .map(([code, { title }]) => `  ${code}  ${title}\n`)
    .join('');
}
