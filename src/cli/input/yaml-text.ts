/** Reads the documents of a YAML or JSON text and keeps where everything stands. */
import { isNode, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document, Node, YAMLError } from 'yaml';
import type { FieldPath } from './field-path.ts';
import type { Finding, Position } from './finding.ts';
import { offsetOf, startOf } from './locate.ts';
import type { SourceFile } from './source-files.ts';

/** One document that could be read: its plain value, and the way from a field to its place. */
export type YamlDocument = {
  readonly value: unknown;
  readonly root: Node;
  /** Where a field stands; of a field that is not there, where the nearest field above it stands. */
  readonly positionOf: (path: FieldPath) => Position;
  /** Where a node begins. */
  readonly positionAt: (node: Node) => Position;
};

/** The documents of a file that could be read, and what is wrong with the others. */
export type YamlText = { readonly documents: readonly YamlDocument[]; readonly faults: readonly Finding[] };

/** Reads a file. Empty documents are left out; every syntax error is reported, at most one a line. */
export function readYamlText({ file, text }: SourceFile): YamlText {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    logLevel: 'silent',
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents: YamlDocument[] = [];
  const faults: Finding[] = [];
  for (const document of parsed) {
    const found = [...syntaxFaults(document.errors, at), ...referenceFaults(document, at)];
    faults.push(...onePerLine(found));
    const root = document.contents;
    if (found.length > 0 || !isNode(root) || (isScalar(root) && root.value === null)) continue;
    const plain = plainValue(document);
    if (!plain.ok) {
      faults.push({ severity: 'Error', position: at(startOf(root) ?? 0), ...plain.fault });
      continue;
    }
    documents.push({
      value: plain.value,
      root,
      positionOf: (path) => at(offsetOf(document, root, path)),
      positionAt: (node) => at(startOf(node) ?? 0),
    });
  }
  return { documents, faults };
}

/** The document as plain JSON; aliases that multiply into more than memory holds are refused. */
function plainValue(
  document: Document,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: { readonly message: string; readonly fix: string } } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 1000 }) as unknown };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, fault: { message: `the YAML cannot be read: ${text}`, fix: 'use fewer aliases' } };
  }
}

const syntaxTexts: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  DUPLICATE_KEY: ['the key is given twice in one map', 'keep one of them'],
  TAB_AS_INDENT: ['a tab stands where YAML wants spaces', 'indent with spaces'],
  BLOCK_AS_IMPLICIT_KEY: ['a second map begins on the line of a key', 'put the text after the first colon in quotes'],
  MULTILINE_IMPLICIT_KEY: ['a key goes over several lines', 'add the colon that is missing, or put the text in quotes'],
};

function syntaxFaults(errors: readonly YAMLError[], at: (offset: number) => Position): readonly Finding[] {
  return errors.map(({ code, message, pos }) => {
    const [text, fix] = syntaxTexts[code] ?? [`the YAML cannot be read: ${message}`, 'correct the YAML here'];
    return { severity: 'Error', position: at(pos[0]), message: text, fix };
  });
}

/** Anchors that are not there, and keys that JSON does not have. */
function referenceFaults(document: Document, at: (offset: number) => Position): readonly Finding[] {
  const faults: Finding[] = [];
  const report = (node: Node, message: string, fix: string): void => {
    faults.push({ severity: 'Error', position: at(startOf(node) ?? 0), message, fix });
  };
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined) {
        report(node, `there is no anchor &${node.source} before this line`, 'name an anchor that stands above');
      }
    },
    Collection: (key, node) => {
      if (key === 'key') report(node, 'a list or map is the key of a map', 'write the key as text');
    },
  });
  return faults;
}

function onePerLine(found: readonly Finding[]): readonly Finding[] {
  const lines = found.map(({ position }) => ('line' in position ? position.line : 0));
  return found.filter((_, i) => lines.indexOf(lines[i] ?? 0) === i);
}
