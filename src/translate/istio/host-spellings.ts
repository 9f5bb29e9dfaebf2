/** A host with and without a trailing dot: a client may write either, and Envoy compares names as they come (api.md §3, host). */

/** Both spellings of every host, in the given order. */
export function spellings(hosts: readonly string[]): readonly string[] {
  return hosts.flatMap((host) => [host, `${host}.`]);
}
