/** Hosts of requests: case, port and one trailing dot do not count (api.md §3, host). */

/** What an authority names. */
export type Authority = {
  /** Lower-case, without port and trailing dot. */
  readonly host: string;
  /** Undefined where the authority has no port. */
  readonly port?: string;
  /** Whether the host was written with a trailing dot. */
  readonly isDotted: boolean;
};

/** Takes an authority apart; a colon inside the brackets of an IPv6 address separates no port. */
export function readAuthority(text: string): Authority {
  const colon = text.lastIndexOf(':');
  const hasPort = colon > text.lastIndexOf(']');
  const name = (hasPort ? text.slice(0, colon) : text).toLowerCase();
  const isDotted = name.endsWith('.');
  return {
    host: isDotted ? name.slice(0, -1) : name,
    ...(hasPort ? { port: text.slice(colon + 1) } : {}),
    isDotted,
  };
}
