/** Conditions on the query. */
import type { RouteFeatures } from '../model/route.ts';

/** Why the query is not as the route wants it, as a sentence; undefined: it is. `query`: with its `?`, or empty. */
export function failedQuery({ query: wanted }: RouteFeatures, query: string): string | undefined {
  for (const { name, value } of wanted?.value ?? []) {
    const first = firstValue(name, query);
    if (first === value) continue;
    const found = first === undefined ? 'the request has none' : `the request has ${first}`;
    return `match.query wants ${name}=${value}, ${found}`;
  }
  return undefined;
}

/** The first value of a parameter, as it was sent; one without `=` is empty. */
function firstValue(name: string, query: string): string | undefined {
  for (const part of query.slice(1).split('&')) {
    const [key, ...rest] = part.split('=');
    if (key === name) return rest.join('=');
  }
  return undefined;
}
