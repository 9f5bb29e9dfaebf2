import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importsOf, resolveImport } from '../../hack/lint/imports.ts';

describe('the import reader behind the layer check', () => {
  const root = mkdtempSync(join(tmpdir(), 'apptraffic-imports-'));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('sees type imports, re-exports and dynamic imports, and not those in comments', () => {
    writeFileSync(
      join(root, 'a.ts'),
      [
        "import type { A } from './b.ts';",
        "// import { C } from './c.ts';",
        "export { D } from '../d.ts';",
        "const e = await import('node:fs');",
      ].join('\n'),
    );
    const found = importsOf(root, 'a.ts');
    expect(found).toEqual([
      { file: 'a.ts', line: 1, specifier: './b.ts' },
      { file: 'a.ts', line: 3, specifier: '../d.ts' },
      { file: 'a.ts', line: 4, specifier: 'node:fs' },
    ]);
    expect(found.map((one) => resolveImport(root, one))).toEqual(['b.ts', '../d.ts', undefined]);
  });
});
