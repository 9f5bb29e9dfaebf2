/** Paths to fields, read back from the text that problems show, e.g. `spec.external.routes[2].to` (schema/path-text.ts writes it). */

/** Field names and list positions, from an object to one of its values. */
export type FieldPath = readonly (string | number)[];

const step = /\.?([\w-]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** The path that a text means; it ends where the text is no path any more. */
export function parseFieldText(text: string): FieldPath {
  const path: (string | number)[] = [];
  const reader = new RegExp(step);
  while (reader.lastIndex < text.length) {
    const found = reader.exec(text);
    if (found === null) break;
    const [, name, index, quoted] = found;
    if (index !== undefined) path.push(Number(index));
    else path.push(name ?? unquoted(quoted ?? ''));
  }
  return path;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
