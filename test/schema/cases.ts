/** The cases of this folder: objects as a person writes them, and what is wrong with those in invalid/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One case. */
export type SchemaCase = {
  /** The file's name as a sentence. */
  readonly title: string;
  /** The object as plain JSON. */
  readonly value: unknown;
  /** `path: message: fix` of every problem, ordered by path; none when the object is valid. */
  readonly refused: readonly string[];
};

/** All cases below a folder of test/schema, by name. */
export function schemaCases(folder: 'valid' | 'invalid'): readonly SchemaCase[] {
  const root = join(import.meta.dirname, folder);
  return readdirSync(root)
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const refused = Array.from(text.matchAll(/^# refused: (.*)$/gm), (found) => found[1] ?? '');
      return { title: file.replace('.yaml', '').replaceAll('-', ' '), value: parse(text) as unknown, refused };
    });
}
