/** Keeps texts within what the schema of status allows. */

/**
 * The text, cut to `most` characters (UTF-16 units: never more than the code points that the API server counts); a cut
 * text ends in `…`. No surrogate stands alone: UTF-8 has none, so the server would keep another text than was sent, and
 * status would never be what the last pass wrote.
 */
export function clip(text: string, most: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  return `${whole.slice(0, most - 1).replace(halfPairAtEnd, '')}…`;
}

/** The first half of a character beyond U+FFFF, cut from its second. */
const halfPairAtEnd = /[\uD800-\uDBFF]$/;

/** The items joined; beyond `shown` items only how many more there are. */
export function joinFew(items: readonly string[], shown: number, separator: string): string {
  const rest = items.length - shown;
  return [...items.slice(0, shown), ...(rest > 0 ? [`${rest} more`] : [])].join(separator);
}
