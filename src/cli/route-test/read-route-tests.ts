/** Finds the RouteTests among the documents of the input and reads them. */
import { dirname, isAbsolute, join } from 'node:path';
import { parseApiVersion } from '../../kube/gvk.ts';
import { textAt } from '../../kube/json.ts';
import { pathText } from '../../schema/path-text.ts';
import { read } from '../../schema/read.ts';
import type { FieldPath } from '../input/field-path.ts';
import type { Finding, Position } from '../input/finding.ts';
import { stdinName } from '../input/source-files.ts';
import type { YamlDocument } from '../input/yaml-text.ts';
import { routeTest, routeTestApiVersion, routeTestKind } from './route-test-document.ts';
import type { RouteTest } from './route-test-document.ts';

/** A RouteTest and where it stands. */
export type RouteTestSource = {
  /** How reports name it. */
  readonly suite: string;
  readonly test: RouteTest;
  /** Its `files` as the user would type them. */
  readonly files?: readonly string[];
  readonly positionOf: (path: FieldPath) => Position;
};

/** The RouteTests, and everything that is wrong with them. */
export type RouteTestSources = { readonly sources: readonly RouteTestSource[]; readonly faults: readonly Finding[] };

/** Reads every document that is a RouteTest, or looks like one: a wrong version is reported and not passed over. */
export function readRouteTests(documents: readonly YamlDocument[]): RouteTestSources {
  const found = documents.filter(({ value }) => isRouteTest(value)).map(readOne);
  return {
    sources: found.flatMap((one) => ('source' in one ? [one.source] : [])),
    faults: found.flatMap((one) => ('faults' in one ? one.faults : [])),
  };
}

function isRouteTest(value: unknown): boolean {
  const { group } = parseApiVersion(textAt(value, 'apiVersion') ?? '');
  return textAt(value, 'kind') === routeTestKind || group === parseApiVersion(routeTestApiVersion).group;
}

function readOne({
  value,
  positionOf,
}: YamlDocument): { readonly source: RouteTestSource } | { readonly faults: readonly Finding[] } {
  const reading = read(routeTest, value);
  if (!reading.ok) {
    return {
      faults: reading.issues.map(({ path, message, fix }) => ({
        severity: 'Error',
        position: positionOf(path),
        ...(path.length === 0 ? {} : { field: pathText(path) }),
        message,
        fix,
      })),
    };
  }
  const { file } = positionOf([]);
  const test = reading.value;
  const files = test.files?.map((name) => fromFolderOf(file, name));
  return {
    source: { suite: test.metadata?.name ?? file, test, ...(files === undefined ? {} : { files }), positionOf },
  };
}

function fromFolderOf(file: string, name: string): string {
  return file === stdinName || isAbsolute(name) ? name : join(dirname(file), name);
}
