/** Finds and reads the files that `-f` names. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, resolve } from 'node:path';
import { textAt } from '../../kube/json.ts';
import type { Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';

/** A file and its whole text; `file` is as the user would type it. */
export type SourceFile = { readonly file: string; readonly text: string };

/** What could be read, and what could not. */
export type SourceFiles = { readonly files: readonly SourceFile[]; readonly faults: readonly Finding[] };

/** How standard input is called in positions. */
export const stdinName = 'stdin';

const extensions = ['.yaml', '.yml', '.json'];

/**
 * Reads files, folders (with all folders below them, their `*.yaml`, `*.yml` and `*.json`, in order of their names,
 * without what begins with a dot) and `-` (standard input). A file that is named twice is read once.
 */
export async function readSourceFiles(names: readonly string[], terminal: Terminal): Promise<SourceFiles> {
  const found = names.flatMap((name) => expand(name, terminal.cwd));
  const seen = new Set<string>();
  const files: SourceFile[] = [];
  const faults: Finding[] = [];
  for (const entry of found) {
    if ('fault' in entry) {
      faults.push(entry.fault);
      continue;
    }
    const key = entry.file === '-' ? '-' : resolve(terminal.cwd, entry.file);
    if (seen.has(key)) continue;
    seen.add(key);
    if (key === '-') files.push({ file: stdinName, text: await terminal.readStdin() });
    else {
      const read = readText(entry.file, key);
      if ('fault' in read) faults.push(read.fault);
      else files.push(read);
    }
  }
  return { files, faults };
}

/** Reads one file; `path` is absolute. */
export function readText(file: string, path: string): SourceFile | { readonly fault: Finding } {
  try {
    return { file, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { fault: unreadable(file, error) };
  }
}

type Entry = { readonly file: string } | { readonly fault: Finding };

function expand(name: string, cwd: string): readonly Entry[] {
  if (name === '-') return [{ file: name }];
  const file = isAbsolute(name) ? name : normalize(name);
  try {
    if (!statSync(resolve(cwd, file)).isDirectory()) return [{ file }];
    const files = filesBelow(file, cwd);
    return files.length > 0 ? files.map((one) => ({ file: one })) : [{ fault: emptyFolder(file) }];
  } catch (error) {
    return [{ fault: unreadable(file, error) }];
  }
}

/** A link to a file counts as a file (a mounted ConfigMap is made of them); one to a folder is not followed: it may lead in a circle. */
function filesBelow(folder: string, cwd: string): readonly string[] {
  const entries = readdirSync(resolve(cwd, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, cwd);
    if (!extensions.some((extension) => entry.name.endsWith(extension))) return [];
    return entry.isFile() || statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true ? [path] : [];
  });
}

function emptyFolder(file: string): Finding {
  return {
    severity: 'Error',
    position: { file },
    message: 'the folder holds no manifests',
    fix: `name a folder that holds ${extensions.map((extension) => `*${extension}`).join(', ')}`,
  };
}

const reasons: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  ENOENT: ['there is no such file or folder', 'check the path; it starts from the folder you stand in'],
  EACCES: ['the file may not be read', 'give yourself read permission'],
  EISDIR: ['is a folder', 'name a file'],
};

function unreadable(file: string, error: unknown): Finding {
  const code = textAt(error, 'code') ?? '';
  const text = textAt(error, 'message') ?? String(error);
  const [message, fix] = reasons[code] ?? [`the file cannot be read: ${text}`, 'check the path'];
  return { severity: 'Error', position: { file }, message, fix };
}
