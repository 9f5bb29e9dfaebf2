/** Text as a regular expression. */

/** A regular expression (RE2) that matches this text alone; printable ASCII. */
export function literalRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
