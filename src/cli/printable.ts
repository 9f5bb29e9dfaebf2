/** Texts of others on a terminal. */

/** The text without anything that a terminal, or a reader of XML, would obey: such characters are shown by their numbers. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
