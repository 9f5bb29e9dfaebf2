/** What `-f` brings to the command test: RouteTests, and files that may hold what they are judged against. */
import type { Finding } from '../input/finding.ts';
import { readSourceFiles } from '../input/source-files.ts';
import type { SourceFile } from '../input/source-files.ts';
import { readYamlText } from '../input/yaml-text.ts';
import type { Terminal } from '../terminal.ts';
import { readRouteTests } from './read-route-tests.ts';
import type { RouteTestSource } from './read-route-tests.ts';

/** The RouteTests, all files, and what of both could not be read. */
export type GivenTests = {
  readonly sources: readonly RouteTestSource[];
  readonly files: readonly SourceFile[];
  readonly faults: readonly Finding[];
};

/** Reads all files that `-f` names. */
export async function readGivenTests(names: readonly string[], terminal: Terminal): Promise<GivenTests> {
  const { files, faults } = await readSourceFiles(names, terminal);
  const texts = files.map(readYamlText);
  const tests = readRouteTests(texts.flatMap(({ documents }) => documents));
  return {
    sources: tests.sources,
    files,
    faults: [...faults, ...texts.flatMap((text) => text.faults), ...tests.faults],
  };
}
