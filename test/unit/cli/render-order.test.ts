import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, asyncProperty, integer, shuffledSubarray } from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { runCli } from '../../../src/cli/program.ts';
import { memoryTerminal } from './memory-terminal.ts';

const samples = join(__dirname, '../../../config/samples');
const cwd = mkdtempSync(join(tmpdir(), 'apptraffic-order-'));
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

/** Every document of the samples, as text. */
const documents = readdirSync(samples, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('apptraffic.yaml') || name === 'shop.yaml')
  .flatMap((name) => parseAllDocuments(readFileSync(join(samples, name), 'utf8')))
  .map((document) => stringify(document.toJS()));

async function render(texts: readonly string[], format: string): Promise<string> {
  const folder = mkdtempSync(join(cwd, 'case-'));
  mkdirSync(join(folder, 'apps'));
  texts.forEach((text, i) => writeFileSync(join(folder, 'apps', `${i}.yaml`), text));
  const terminal = memoryTerminal(folder);
  const exitCode = await runCli(['render', '-f', 'apps', '-o', format], terminal);
  return `${exitCode}\n${terminal.stdout()}`;
}

describe('render', () => {
  it.each(['yaml', 'json'])(
    'gives the same bytes in %s for the same documents in any order and any files',
    async (format) => {
      const plain = await render(documents, format);
      expect(plain.length).toBeGreaterThan(1000);
      const order = shuffledSubarray(documents, { minLength: documents.length });
      await assert(
        asyncProperty(order, integer({ min: 1, max: 5 }), async (shuffled, files) => {
          const texts = Array.from({ length: files }, (_, file) =>
            shuffled.filter((_one, i) => i % files === file).join('---\n'),
          );
          expect(await render(texts, format)).toBe(plain);
        }),
        { numRuns: 20 },
      );
    },
  );
});
