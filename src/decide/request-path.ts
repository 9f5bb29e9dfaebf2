/** Paths of requests before they are matched (api.md §3, paths); what Envoy's path normalization does, seen on Envoy 1.40. */

const unreserved = /^[A-Za-z0-9._~-]$/;
/** Characters that no path may hold as they are (RFC 3986 §3.3) and that Envoy escapes. */
const unsafe = /[^!-~]|["<>^`{|}]/;

/** Stands for a `%` that begins no escape while the others are decoded. */
const loosePercent = '\uE000';

/**
 * The path as it is matched, and as a backend sees it: encoded unreserved characters decoded, `\` a `/`, dot segments
 * gone (encoded ones too, and those with parameters, `..;x`); `//` and other escapes stay. Undefined for an encoded NUL,
 * which is answered with 400.
 */
export function normalizedPath(path: string): string | undefined {
  const text = decodedUnreserved(path);
  return text.includes('%00') ? undefined : withoutDotSegments(text);
}

/** The same for a path that a proxy has let through already, as the next one compares it. */
export function pathAtNext(path: string): string {
  return withoutDotSegments(decodedUnreserved(path));
}

/** Before dot segments go. */
function decodedUnreserved(path: string): string {
  const decoded = path
    .replace(/(?<=\/)(\.{1,2});[^/]*/g, '$1')
    .replace(/%([0-9A-Fa-f]{2})|[^]/g, (part, hex: string | undefined) => {
      if (hex !== undefined) {
        const char = String.fromCharCode(Number.parseInt(hex, 16));
        return unreserved.test(char) ? char : part;
      }
      if (part === '%') return loosePercent;
      if (part === '\\') return '/';
      return unsafe.test(part) ? escaped(part) : part;
    });
  // What was decoded must not make an escape of what was none: %%36%31 is not %61.
  return decoded.replace(/\uE000(?=[0-9A-Fa-f]{2})/g, '%25').replaceAll(loosePercent, '%');
}

/**
 * The path as a controller compares it that decodes first (nginx, ngx_http_parse_complex_uri): every escape decoded,
 * double slashes joined, dot segments gone. Undefined where it would leave the root or holds a NUL: answered with 400.
 */
export function decodedPath(path: string): string | undefined {
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const joined = decoded.replace(/\/{2,}/g, '/');
  return joined.includes('\0') || leavesRoot(joined) ? undefined : withoutDotSegments(joined);
}

/** A decoded path as it is sent on: with the characters escaped again that would end it or are not ASCII. */
export function reencodedPath(path: string): string {
  return path.replace(/[^!-~]|[#%?]/g, escaped);
}

function escaped(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function withoutDotSegments(path: string): string {
  const [, ...segments] = path.split('/');
  const kept: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const isDot = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (!isDot) kept.push(segment);
    // A dot segment at the end names a folder: /a/b/.. is /a/.
    else if (i === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

function leavesRoot(path: string): boolean {
  let depth = 0;
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') depth -= 1;
    else if (segment !== '.' && segment !== '') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
