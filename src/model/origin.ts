/** Origins that `cors` allows: one, any below a domain (`https://*.example.com`), or any at all (`*`). */

/** The two parts around the wildcard: `https://` and `example.com`; the domain may have a port. */
export type WildcardOrigin = { readonly scheme: string; readonly domain: string };

/** What an origin with a wildcard is made of; undefined: it has none. */
export function wildcardOrigin(origin: string): WildcardOrigin | undefined {
  const at = origin.indexOf('*.');
  return at === -1 ? undefined : { scheme: origin.slice(0, at), domain: origin.slice(at + 2) };
}
