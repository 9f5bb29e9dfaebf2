/** Everything that `-f` brings: the AppTraffics, what stands beside them, and what could not be read. */
import { hashOf } from '../../kube/hash.ts';
import { compareText } from '../../kube/object-key.ts';
import type { Terminal } from '../terminal.ts';
import { itemsOf } from './input-object.ts';
import type { InputItem, InputObject } from './input-object.ts';
import type { Finding } from './finding.ts';
import { readSourceFiles } from './source-files.ts';
import type { SourceFiles } from './source-files.ts';
import { unlikeKubectl } from './unlike-kubectl.ts';
import { readYamlText } from './yaml-text.ts';
import type { YamlDocument } from './yaml-text.ts';

/** The input of a command. */
export type Input = {
  /** AppTraffics, sorted by namespace and name. */
  readonly apps: readonly InputObject[];
  /** Services, Gateways, Namespaces and IngressClasses. */
  readonly others: readonly InputObject[];
  /** How often each kind came that does not matter here, sorted by kind. */
  readonly ignored: readonly { readonly kind: string; readonly count: number }[];
  /** Why parts of the input could not be read. */
  readonly faults: readonly Finding[];
  /** Number of files read. */
  readonly files: number;
};

/** Reads all files; `namespace` is for objects that name none. */
export async function readInput(names: readonly string[], namespace: string, terminal: Terminal): Promise<Input> {
  return inputOf(await readSourceFiles(names, terminal), namespace);
}

/** What files that were read bring; `namespace` is for objects that name none. */
export function inputOf({ files, faults }: SourceFiles, namespace: string): Input {
  const texts = files.map(readYamlText);
  const documents = texts.flatMap((text) => text.documents);
  const items = documents.map((document) => ({ document, items: itemsOf(document, namespace) }));
  const all = items.flatMap((one) => one.items);
  const objects = all.flatMap((item) => (item.is === 'object' ? [item.object] : []));
  const firsts = new Map<string, InputObject>();
  for (const object of objects) if (!firsts.has(keyOf(object))) firsts.set(keyOf(object), object);
  const unique = [...firsts.values()];
  return {
    apps: unique.filter(({ kind }) => kind === 'AppTraffic').sort(byName),
    others: unique.filter(({ kind }) => kind !== 'AppTraffic').sort(byName),
    ignored: countKinds(all),
    faults: [
      ...faults,
      ...texts.flatMap((text) => text.faults),
      ...items.flatMap(misreadings),
      ...all.flatMap((item) => (item.is === 'faulty' ? item.faults : [])),
      ...objects.flatMap((object) => givenTwice(object, firsts.get(keyOf(object)))),
    ],
    files: files.length,
  };
}

/** What kubectl would read differently; documents that do not matter here may hold what they like. */
function misreadings(one: {
  readonly document: YamlDocument;
  readonly items: readonly InputItem[];
}): readonly Finding[] {
  if (one.items.every(({ is }) => is === 'other')) return [];
  return unlikeKubectl(one.document.root).map(({ node, message, fix }) => ({
    severity: 'Error',
    position: one.document.positionAt(node),
    message,
    fix,
  }));
}

const keyOf = ({ kind, manifest: { metadata } }: InputObject): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** Two documents that say the same are one, so that several folders may carry what they share. */
function givenTwice(object: InputObject, first: InputObject | undefined): readonly Finding[] {
  if (first === undefined || first === object || hashOf(first.manifest) === hashOf(object.manifest)) return [];
  const { file, line } = first.positionOf(['metadata', 'name']);
  return [
    {
      severity: 'Error',
      position: object.positionOf(['metadata', 'name']),
      message: `${keyOf(object)} is given twice and not alike, first at ${file}:${line}`,
      fix: 'keep one of them',
    },
  ];
}

function byName(a: InputObject, b: InputObject): number {
  return compareText(keyOf(a), keyOf(b));
}

function countKinds(items: readonly InputItem[]): Input['ignored'] {
  const names = items.flatMap((item) => (item.is === 'other' ? [item.kind] : []));
  return [...new Set(names)]
    .sort(compareText)
    .map((kind) => ({ kind, count: names.filter((name) => name === kind).length }));
}
