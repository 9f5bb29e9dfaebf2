/** Header lines as a map. */
import type { HeaderLine } from './route.ts';

/** The values by name; no name is there twice. Absent: an empty map. */
export function headersByName(lines: readonly HeaderLine[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map(({ name, value }) => [name, value]));
}
