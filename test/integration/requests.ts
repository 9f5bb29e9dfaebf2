/** What an operator asked of the API server, as lines and counts to compare as a whole. */
import type { Exchange } from '../testbed/proxy/exchange-log.ts';
import { writeText } from './app-view.ts';

/** Requests as sorted lines: `verb resource[/subresource] namespace/name`. */
export function requestTexts(requests: readonly Exchange[]): readonly string[] {
  return requests.map(writeText).toSorted();
}

/** How often each value occurs. */
export function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values.toSorted()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Where a watch starts: with a list in its stream, or at a version that the client knows. */
export function watchStart({ query }: Exchange): 'list' | 'resume' | 'page' {
  if (query.sendInitialEvents === 'true') return 'list';
  return query.resourceVersion === undefined ? 'page' : 'resume';
}
