/** The order of resourceVersions within one resource (comparable since Kubernetes 1.35, KEP-5504; so in practice before). */

/** Negative when `a` is older, 0 when equal or when either is not a plain number and nothing can be said. */
export function compareResourceVersions(a: string, b: string): number {
  if (a === b || !isNumber(a) || !isNumber(b)) return 0;
  return a.length - b.length || (a < b ? -1 : 1);
}

/** Decimal without leading zeros; more digits are then a larger number, and it never passes through a double. */
function isNumber(text: string): boolean {
  return /^(0|[1-9]\d*)$/.test(text);
}
