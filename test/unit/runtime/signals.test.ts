import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = `
  import { stopSignal } from ${JSON.stringify(join(process.cwd(), 'src/runtime/signals.ts'))};
  const signal = stopSignal();
  const alive = setInterval(() => {}, 60_000);
  signal.addEventListener('abort', () => console.log('stopping by ' + signal.reason));
  process.stdin.on('data', () => { clearInterval(alive); process.stdin.destroy(); });
  console.log('ready');
`;

/** A process that waits for signals, and for a line on stdin to end by itself. */
function start(): { readonly child: ReturnType<typeof spawn>; says: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const says = async (text: string): Promise<void> => {
    while (!said.includes(text)) await once(child.stdout, 'data');
  };
  return { child, says };
}

describe('the stop signal of a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('aborts on %s and lets the process end by itself', async (name) => {
    const { child, says } = start();
    await says('ready');
    child.kill(name);
    await says(`stopping by ${name}`);
    child.stdin?.write('end\n');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('ends the process with 1 when %s is followed by %s', async (first, second) => {
    const { child, says } = start();
    await says('ready');
    child.kill(first);
    await says('stopping');
    child.kill(second);
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
