import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findingLine } from '../../../src/cli/input/finding.ts';
import { readInput } from '../../../src/cli/input/read-input.ts';
import { memoryTerminal } from './memory-terminal.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'apptraffic-input-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const app = (name: string, more = ''): string =>
  `apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata:\n  name: ${name}\n${more}`;

async function faultsOf(text: string): Promise<readonly string[]> {
  const input = await readInput(['-'], 'default', memoryTerminal('/', text));
  return input.faults.map(findingLine);
}

describe('reading the input', () => {
  it('takes the manifests of a folder and all folders below it, in order of their names', async () => {
    const cwd = folderWith({
      'apps/b.yaml': app('b'),
      'apps/a/z.yml': app('z'),
      'apps/a/one.json': '{\n\t"apiVersion": "v1",\n\t"kind": "Service",\n\t"metadata": {"name": "s"}\n}',
      'apps/notes.txt': 'not: read',
      'apps/.git/config.yaml': 'not: read',
    });
    symlinkSync(join(cwd, 'apps/b.yaml'), join(cwd, 'apps/linked.yaml'));
    writeFileSync(join(cwd, 'apps/other.yaml'), app('b', 'spec: {port: 80}\n'));
    const input = await readInput(['./apps'], 'team', memoryTerminal(cwd));
    expect({
      apps: input.apps.map(({ manifest, positionOf }) => ({ ...manifest.metadata, ...positionOf(['metadata']) })),
      others: input.others.map(({ kind, manifest }) => ({ kind, ...manifest.metadata })),
      faults: input.faults.map(findingLine),
      files: input.files,
    }).toEqual({
      apps: [
        { name: 'b', namespace: 'team', file: 'apps/b.yaml', line: 3, column: 1 },
        { name: 'z', namespace: 'team', file: 'apps/a/z.yml', line: 3, column: 1 },
      ],
      others: [{ kind: 'Service', name: 's', namespace: 'team' }],
      faults: [
        'apps/other.yaml:4:3  Error  AppTraffic team/b is given twice and not alike, first at apps/b.yaml:4. Fix: keep one of them.',
      ],
      files: 5,
    });
  });

  it('reads a file once however often it is named, and standard input too', async () => {
    const cwd = folderWith({ 'a.yaml': app('a') });
    const input = await readInput(['a.yaml', '-', cwd, './a.yaml', '-'], 'default', memoryTerminal(cwd, app('piped')));
    expect(input.apps.map(({ manifest }) => manifest.metadata.name)).toEqual(['a', 'piped']);
    expect(input.faults).toEqual([]);
  });

  it('says which paths lead nowhere', async () => {
    const cwd = folderWith({ 'empty/readme.md': '' });
    const input = await readInput(['missing.yaml', 'empty'], 'default', memoryTerminal(cwd));
    expect(input.faults.map(findingLine)).toEqual([
      'missing.yaml  Error  there is no such file or folder. Fix: check the path; it starts from the folder you stand in.',
      'empty  Error  the folder holds no manifests. Fix: name a folder that holds *.yaml, *.yml, *.json.',
    ]);
  });

  it('takes Lists apart and keeps the places of their items', async () => {
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: apptraffic.dev/v1alpha1
    kind: AppTraffic
    metadata: {name: one, namespace: own}
    spec:
      port: 80
  - kind: ConfigMap
    apiVersion: v1
  - not an object
`;
    const input = await readInput(['-'], 'default', memoryTerminal('/', text));
    const [one] = input.apps;
    expect(one?.manifest).toEqual({
      apiVersion: 'apptraffic.dev/v1alpha1',
      kind: 'AppTraffic',
      metadata: { name: 'one', namespace: 'own' },
      spec: { port: 80 },
    });
    expect(one?.positionOf(['spec', 'port'])).toEqual({ file: 'stdin', line: 8, column: 7 });
    expect(one?.positionOf(['spec', 'external', 'hosts', 0])).toEqual({ file: 'stdin', line: 7, column: 5 });
    expect(input.ignored).toEqual([{ kind: 'ConfigMap', count: 1 }]);
    expect(input.faults.map(findingLine)).toEqual([
      'stdin:11:5  Error  is not a Kubernetes object. Fix: write apiVersion, kind and metadata.',
    ]);
  });

  it('finds fields behind aliases and merged maps', async () => {
    const text = `${app('a')}spec:
  backends: &all
    v1: {labels: {version: v1}}
  external:
    <<: *all
    routes: [{name: x}]
  again: *all
`;
    const [one] = (await readInput(['-'], 'default', memoryTerminal('/', text))).apps;
    const lineOf = (...path: (string | number)[]): string => {
      const { line, column } = one?.positionOf(path) ?? { line: 0, column: 0 };
      return `${line}:${column}`;
    };
    expect([
      lineOf('spec', 'again', 'v1', 'labels'),
      lineOf('spec', 'external', 'routes', 0, 'name'),
      lineOf('spec', 'external', 'backends', 'v1'),
      lineOf(),
    ]).toEqual(['7:10', '10:15', '8:3', '1:1']);
  });

  it('reports every faulty document with its place and the fix, and reads the others', async () => {
    const text = `a: 1
a: 2
---
b: [
---
- a list
---
apiVersion: v1
---
kind: 3
---
apiVersion: apptraffic.dev/v1alpha1
kind: AppTraffic
metadata: {namespace: [x]}
---
c: *nowhere
---
? [complex]
: key
---
${app('fine')}`;
    const input = await readInput(['-'], 'default', memoryTerminal('/', text));
    expect(input.apps.map(({ manifest }) => manifest.metadata.name)).toEqual(['fine']);
    expect(input.faults.map(findingLine).sort()).toEqual(
      [
        'stdin:2:1  Error  the key is given twice in one map. Fix: keep one of them.',
        'stdin:5:1  Error  the YAML cannot be read: Flow sequence in block collection must be sufficiently indented and end with a ]. Fix: correct the YAML here.',
        'stdin:6:1  Error  is not a Kubernetes object. Fix: write apiVersion, kind and metadata.',
        'stdin:8:1  Error  kind is missing. Fix: write kind: AppTraffic.',
        'stdin:8:1  Error  metadata.name is missing. Fix: write metadata.name: NAME.',
        'stdin:10:1  Error  apiVersion is missing. Fix: write apiVersion: apptraffic.dev/v1alpha1.',
        'stdin:10:1  Error  kind is not text. Fix: write kind: AppTraffic.',
        'stdin:10:1  Error  metadata.name is missing. Fix: write metadata.name: NAME.',
        'stdin:14:1  Error  metadata.name is missing. Fix: write metadata.name: NAME.',
        'stdin:14:12  Error  metadata.namespace is not text. Fix: write metadata.namespace: NAMESPACE.',
        'stdin:16:4  Error  there is no anchor &nowhere before this line. Fix: name an anchor that stands above.',
        'stdin:18:3  Error  a list or map is the key of a map. Fix: write the key as text.',
      ].sort(),
    );
  });

  it('refuses words that kubectl reads as something else, as keys and as values', async () => {
    expect(
      await faultsOf(`${app('a')}spec:
  split: {on: 50, "off": 50}
  external:
    httpsRedirect: yes
    hosts: ["no"]
    port: 0100
    size: 1_000
    text: |
      on
`),
    ).toEqual([
      'stdin:6:11  Error  kubectl reads the key on as true. Fix: put it in quotes: "on".',
      'stdin:8:20  Error  kubectl reads yes as true. Fix: write true, or put it in quotes: "yes".',
      'stdin:10:11  Error  kubectl reads 0100 as another number. Fix: write 100, or put it in quotes: "0100".',
      'stdin:11:11  Error  kubectl reads 1_000 as another number. Fix: write 1000, or put it in quotes: "1_000".',
    ]);
  });

  it('lets documents of other kinds hold what they like', async () => {
    const input = await readInput(
      ['-'],
      'default',
      memoryTerminal('/', 'apiVersion: v1\nkind: ConfigMap\ndata: {on: yes}\n---\n# nothing\n---\n'),
    );
    expect({ faults: input.faults, ignored: input.ignored }).toEqual({
      faults: [],
      ignored: [{ kind: 'ConfigMap', count: 1 }],
    });
  });

  it('reads an AppTraffic of a wrong version or group as one, so that nothing is passed over', async () => {
    const input = await readInput(
      ['-'],
      'default',
      memoryTerminal(
        '/',
        [
          'apiVersion: apptraffic.dev/v1\nkind: AppTraffic\nmetadata: {name: a}',
          'apiVersion: apptraffic.dev/v1alpha1\nkind: AppTrafic\nmetadata: {name: b}',
          'apiVersion: traffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: c}',
        ].join('\n---\n'),
      ),
    );
    expect(input.apps.map(({ manifest }) => manifest.metadata.name)).toEqual(['a', 'b', 'c']);
  });
});
