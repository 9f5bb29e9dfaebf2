/** Maps of the user as sorted lists, so that the order of keys changes nothing. */

type Pair = { readonly name: string; readonly value: string };

/** The entries, sorted by name. */
export function pairs(map: Readonly<Record<string, string>>): readonly Pair[] {
  return Object.entries(map)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Headers by name, their names in lower case; sorted. */
export function headerPairs(headers: Readonly<Record<string, string>>): readonly Pair[] {
  return pairs(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])));
}
