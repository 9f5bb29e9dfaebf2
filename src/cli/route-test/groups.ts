/** Puts RouteTests together that are judged against the same objects: the files that they name, or else all of `-f`. */
import { normalize, resolve } from 'node:path';
import type { Finding } from '../input/finding.ts';
import type { InputObject } from '../input/input-object.ts';
import { inputOf, readInput } from '../input/read-input.ts';
import type { Input } from '../input/read-input.ts';
import type { Terminal } from '../terminal.ts';
import type { GivenTests } from './given-tests.ts';
import type { RouteTestSource } from './read-route-tests.ts';
import { routeTestKind } from './route-test-document.ts';
import type { Group } from './run-offline.ts';

/** The groups, in the order of their first RouteTests. */
export type Groups = {
  readonly groups: readonly Group[];
  readonly faults: readonly Finding[];
  /** AppTraffics of `-f` that no group has, as `namespace/name (file)`. */
  readonly unused: readonly string[];
};

/** Reads what the groups are judged against; `namespace` is for objects that name none. */
export async function groupsOf(given: GivenTests, namespace: string, terminal: Terminal): Promise<Groups> {
  const keyed = new Map<string, RouteTestSource[]>();
  for (const source of given.sources) {
    const key = JSON.stringify(source.files ?? null);
    keyed.set(key, [...(keyed.get(key) ?? []), source]);
  }
  const ofAll = inputOf({ files: given.files, faults: [] }, namespace);
  const groups: Group[] = [];
  for (const sources of keyed.values()) {
    const files = sources[0]?.files;
    const input = files === undefined ? ofAll : await readInput(files, namespace, terminal);
    groups.push({ input: withoutTests(input), sources });
  }
  return {
    groups,
    faults: groups.flatMap(faultsOf),
    unused: groups.length === 0 ? [] : unusedApps(ofAll, groups, terminal.cwd),
  };
}

/** A RouteTest beside the objects is not passed over: it is what is run. */
function withoutTests(input: Input): Input {
  return { ...input, ignored: input.ignored.filter(({ kind }) => kind !== routeTestKind) };
}

function faultsOf({ input, sources }: Group): readonly Finding[] {
  if (input.faults.length > 0) return input.faults.flatMap((fault) => atFiles(fault, sources));
  if (input.apps.length > 0) return [];
  return sources.map(({ test, positionOf }) => ({
    severity: 'Error',
    position: positionOf(test.files === undefined ? [] : ['files']),
    ...(test.files === undefined ? {} : { field: 'files' }),
    message: 'there is no AppTraffic to judge the cases against',
    fix: 'name a file that holds one in files, or with -f',
  }));
}

/** A file that cannot be read at all is a fault of the line that names it. */
function atFiles(fault: Finding, sources: readonly RouteTestSource[]): readonly Finding[] {
  const { position, message } = fault;
  const named = sources.flatMap(({ files = [], positionOf }) =>
    files.flatMap((file, at): readonly Finding[] => {
      if ('line' in position || normalize(file) !== normalize(position.file)) return [];
      return [
        {
          severity: 'Error',
          position: positionOf(['files', at]),
          field: `files[${at}]`,
          message: `${position.file}: ${message}`,
          fix: "name a file or folder that can be read; the path starts from this document's folder",
        },
      ];
    }),
  );
  return named.length > 0 ? named : [fault];
}

function unusedApps({ apps }: Input, groups: readonly Group[], cwd: string): readonly string[] {
  const keyOf = ({ manifest: { metadata }, positionOf }: InputObject): string =>
    `${metadata.namespace ?? ''}/${metadata.name} ${resolve(cwd, positionOf([]).file)}`;
  const used = new Set(groups.flatMap(({ input }) => input.apps.map(keyOf)));
  return apps
    .filter((app) => !used.has(keyOf(app)))
    .map(
      ({ manifest: { metadata }, positionOf }) =>
        `${metadata.namespace ?? ''}/${metadata.name} (${positionOf([]).file})`,
    );
}
