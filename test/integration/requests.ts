/** What an operator asked of the API server, as lines and counts to compare as a whole. */
import type { Exchange } from '../testbed/proxy/exchange-log.ts';

/** A request as `verb resource[/subresource] namespace/name`. */
export function requestText({ verb, resource, subresource, namespace, name }: Exchange): string {
  return `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace}/${name}`;
}

/** Requests as sorted lines. */
export function requestTexts(requests: readonly Exchange[]): readonly string[] {
  return requests.map(requestText).toSorted();
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
