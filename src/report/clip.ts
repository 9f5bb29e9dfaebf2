/** Keeps texts within what the schema of status allows. */

/** The text, cut to `most` characters; a cut text ends in `…`. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The items joined; beyond `shown` items only how many more there are. */
export function joinFew(items: readonly string[], shown: number, separator: string): string {
  const rest = items.length - shown;
  return [...items.slice(0, shown), ...(rest > 0 ? [`${rest} more`] : [])].join(separator);
}
