import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorsOf, documents, linksOf, pathsNamedIn, root } from '../../docs/markdown.ts';
import type { Link } from '../../docs/markdown.ts';

/** Why a link leads nowhere; undefined: it does lead somewhere. Addresses of the web are not visited. */
function fault({ file, target }: Link): string | undefined {
  if (target.startsWith('https://')) return undefined;
  if (/^[a-z]+:/.test(target)) return 'is not https';
  const [path = '', anchor] = target.split('#');
  const wanted = path === '' ? file : relative(root, join(root, dirname(file), path));
  if (!existsSync(join(root, wanted))) return 'does not exist';
  if (anchor !== undefined && !anchorsOf(wanted).includes(anchor)) return 'has no such heading';
  return undefined;
}

const told = (links: readonly Link[], why: (link: Link) => string | undefined): readonly string[] =>
  links.flatMap((link) => {
    const reason = why(link);
    return reason === undefined ? [] : [`${link.file}:${link.line}: ${link.target} ${reason}`];
  });

describe('the documentation', () => {
  it('links only to places that are there', () => {
    expect(told(documents().flatMap(linksOf), fault)).toEqual([]);
  });

  it('names only files that are there', () => {
    const isMissing = ({ target }: Link): string | undefined =>
      existsSync(join(root, target)) ? undefined : 'does not exist';
    expect(told(documents().flatMap(pathsNamedIn), isMissing)).toEqual([]);
  });
});
