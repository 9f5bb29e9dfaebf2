/** Prefixes of whole segments. */

/** `/api` and `/api/` mean the same whole segments: the prefix without its last slash. */
export function wholeSegments(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}
