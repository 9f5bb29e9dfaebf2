/** `make golden`: rewrites what the golden cases expect, removes what belongs to no case, and says what changed. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectedFiles, expectedOf, goldenCases, orphans, runCase } from '../test/golden/cases.ts';

const root = join(import.meta.dirname, '..');
const cases = goldenCases();
for (const one of cases) {
  const before = expectedOf(one);
  const after = await runCase(one);
  for (const file of expectedFiles) {
    if (before[file] === after[file]) continue;
    process.stdout.write(
      `${one.name}: ${file} ${before[file] === '' ? 'written' : after[file] === '' ? 'removed' : 'changed'}\n`,
    );
    mkdirSync(one.folder, { recursive: true });
    if (after[file] === '') rmSync(join(one.folder, file));
    else writeFileSync(join(one.folder, file), after[file]);
  }
}
for (const path of orphans(cases)) {
  rmSync(join(root, path));
  process.stdout.write(`${path}: removed, it belongs to no case\n`);
}
process.stdout.write(`${cases.length} cases\n`);
