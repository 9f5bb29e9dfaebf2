/** `node hack/golden-explain.ts`: rewrites the golden answers of test/golden-explain; read the diff before you commit it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOf, caseNames, casesFolder } from '../test/golden-explain/explain-case.ts';

for (const name of caseNames()) {
  for (const [file, text] of Object.entries(await answersOf(name))) writeFileSync(join(casesFolder, name, file), text);
}
