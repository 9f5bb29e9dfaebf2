import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseNames, casesFolder, runCase } from './run-case.ts';

describe('a command gives exactly its golden output (make golden rewrites it)', () => {
  it.each(caseNames())('%s', async (name) => {
    const golden = (file: string): string => readFileSync(join(casesFolder, name, file), 'utf8');
    expect(await runCase(name)).toEqual({
      'stdout.txt': golden('stdout.txt'),
      'stderr.txt': golden('stderr.txt'),
      'exit.txt': golden('exit.txt'),
    });
  });
});
