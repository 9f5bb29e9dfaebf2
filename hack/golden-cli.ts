/** `node hack/golden-cli.ts`: rewrites the golden outputs of test/golden-cli; read the diff before you commit it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseNames, casesFolder, runCase } from '../test/golden-cli/run-case.ts';

for (const name of caseNames()) {
  for (const [file, text] of Object.entries(await runCase(name))) writeFileSync(join(casesFolder, name, file), text);
}
