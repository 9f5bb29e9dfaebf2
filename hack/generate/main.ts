/** `node hack/generate/main.ts [--check] NAME…`: writes the files of the named generators, or with --check says what is not up to date. */
import { crdFile } from './crd.ts';
import { fieldReferenceFile } from './field-reference.ts';
import { differences, write } from './generated-files.ts';
import type { Generator } from './generated-files.ts';
import { istioTypes } from './istio-types.ts';
import { jsonSchemaFile } from './json-schema.ts';

const generators: Readonly<Record<string, Generator>> = {
  api: { folders: ['crds'], run: () => Promise.resolve([crdFile(), jsonSchemaFile(), fieldReferenceFile()]) },
  'istio-types': { folders: ['src/generated/istio'], run: istioTypes },
};

const words = process.argv.slice(2);
const isCheck = words.includes('--check');
const names = words.filter((word) => word !== '--check');
const unknown = names.filter((name) => !(name in generators));
if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(`generate: name one of ${Object.keys(generators).join(', ')}\n`);
  process.exit(2);
}
for (const [name, generator] of Object.entries(generators).filter(([key]) => names.includes(key))) {
  const files = await generator.run();
  if (isCheck) {
    const found = differences(files, generator.folders);
    for (const line of found) process.stderr.write(`${line}; run make generate\n`);
    process.stdout.write(`${name}: ${files.length} files, ${found.length} out of date\n`);
    if (found.length > 0) process.exitCode = 1;
  } else {
    const changed = write(files, generator.folders);
    process.stdout.write(`${name}: ${files.length} files, ${changed.length} changed\n`);
    for (const path of changed) process.stdout.write(`  ${path}\n`);
  }
}
