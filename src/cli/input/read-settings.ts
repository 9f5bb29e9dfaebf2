/** Reads the file that `--settings` names, with every problem at its place. */
import { resolve } from 'node:path';
import type { Platform } from '../../model/platform.ts';
import { pathText } from '../../schema/path-text.ts';
import { builtInPlatform, readPlatform } from '../../settings/platform.ts';
import type { Finding } from './finding.ts';
import { readText } from './source-files.ts';
import { unlikeKubectl } from './unlike-kubectl.ts';
import { readYamlText } from './yaml-text.ts';

/** The platform, or why the settings are not usable. */
export type ReadSettings =
  { readonly ok: true; readonly platform: Platform } | { readonly ok: false; readonly faults: readonly Finding[] };

/** Reads the settings; without a file the built-in ones. `cwd` is the folder that the path starts from. */
export function readSettings(file: string | undefined, cwd: string): ReadSettings {
  if (file === undefined) return { ok: true, platform: builtInPlatform() };
  const source = readText(file, resolve(cwd, file));
  if ('fault' in source) return { ok: false, faults: [source.fault] };
  const { documents, faults } = readYamlText(source);
  const [document, second] = documents;
  if (faults.length > 0) return { ok: false, faults };
  if (document === undefined) return { ok: false, faults: [wrong(file, 'the file holds no document')] };
  if (second !== undefined) return { ok: false, faults: [wrong(file, 'the file holds several documents')] };
  const misread = unlikeKubectl(document.root).map(({ node, message, fix }): Finding => ({
    severity: 'Error',
    position: document.positionAt(node),
    message,
    fix,
  }));
  if (misread.length > 0) return { ok: false, faults: misread };
  const read = readPlatform(document.value);
  if (read.ok) return { ok: true, platform: read.value };
  return {
    ok: false,
    faults: read.issues.map(({ path, message, fix }) => ({
      severity: 'Error',
      position: document.positionOf(path),
      ...(path.length === 0 ? {} : { field: pathText(path) }),
      message,
      fix,
    })),
  };
}

function wrong(file: string, message: string): Finding {
  return { severity: 'Error', position: { file }, message, fix: 'write one document of kind OperatorSettings' };
}
