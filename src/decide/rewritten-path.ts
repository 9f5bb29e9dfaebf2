/** Rewriting a path by a regular expression (api.md §3, rewrite); Envoy's RegexRewrite, seen on Envoy 1.40. */
import type { RegexRewrite } from '../model/route.ts';
import { groupsOfWhole } from './matches-whole.ts';

/** The new path; the path itself where the expression does not match all of it. */
export function rewrittenPath(path: string, { match, with: replacement }: RegexRewrite): string {
  const groups = groupsOfWhole(match, path);
  if (groups === undefined) return path;
  return replacement.replace(/\\(\d)/g, (_, group: string) => groups[Number(group)] ?? '');
}
