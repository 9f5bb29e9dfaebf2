/** Labels as kubectl prints a selector. */

/** `a=b,c=d`, sorted by key; empty for no labels. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
