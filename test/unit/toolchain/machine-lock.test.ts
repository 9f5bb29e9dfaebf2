import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { acquireLock } from '../../../hack/toolchain/machine-lock.ts';

const name = (title: string): string => `unit-${process.pid}-${title}`;

describe('a machine lock', () => {
  it('is had by one at a time, in the order in which it is let go', async () => {
    const first = await acquireLock(name('order'));
    const seen: string[] = [];
    const second = acquireLock(name('order'), () => {
      seen.push('second waits');
      first.release();
    });
    (await second).release();
    expect(seen).toEqual(['second waits']);
  });

  it('passes on when its holder is killed', async () => {
    const module = join(import.meta.dirname, '../../../hack/toolchain/machine-lock.ts');
    const program = `import(${JSON.stringify(module)}).then(async ({ acquireLock }) => {
      await acquireLock(${JSON.stringify(name('killed'))});
      process.stdout.write('held');
      process.stdin.resume();
    });`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    let waited = false;
    const lock = await acquireLock(name('killed'), () => {
      waited = true;
      holder.kill('SIGKILL');
    });
    lock.release();
    expect(waited).toBe(true);
  });
});
