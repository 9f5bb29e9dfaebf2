import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dyingWithParent } from '../../hack/toolchain/dying-with-parent.ts';
import { processesOf, startRun, sweepRuns } from '../testbed/run.ts';
import { eventually } from '../testbed/eventually.ts';

jest.setTimeout(120_000);

/** Starts abandoned-run.ts as a process of its own and waits until its control plane is up. */
async function startAbandonedRun(): Promise<{ id: string; folder: string; kill: () => Promise<void> }> {
  const [command, args] = dyingWithParent(process.execPath, [join(import.meta.dirname, 'abandoned-run.ts')]);
  const runner = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(runner.stdout, 'data')) as [Buffer];
  const { id, folder } = JSON.parse(line.toString()) as { id: string; folder: string };
  const kill = async (): Promise<void> => {
    runner.kill('SIGKILL');
    await once(runner, 'exit');
  };
  return { id, folder, kill };
}

/** Names of the run's claimed ports, among the claims of all runs. */
function portsOf(folder: string, id: string): readonly string[] {
  const ports = join(dirname(folder), 'ports');
  return readdirSync(ports).filter((port) => readFileSync(join(ports, port), 'utf8') === id);
}

describe('a run whose runner is killed', () => {
  it('loses its processes at once, and its folder and ports at the next start', async () => {
    const abandoned = await startAbandonedRun();
    expect(processesOf(abandoned.id)).toHaveLength(3);
    expect(portsOf(abandoned.folder, abandoned.id)).toHaveLength(4);

    await abandoned.kill();
    await eventually('no process of the run', () => processesOf(abandoned.id).length === 0);
    expect(existsSync(abandoned.folder)).toBe(true);

    await startRun().end();
    expect(existsSync(abandoned.folder)).toBe(false);
    expect(portsOf(abandoned.folder, abandoned.id)).toEqual([]);
  });

  it('loses its processes at the next start when the kernel could not tie them to it', async () => {
    const run = startRun();
    const id = ['1', '0', 'stranger'].join('-');
    const stray = spawn('sleep', ['300'], { env: { ...process.env, APPTRAFFIC_TESTBED_RUN: id }, detached: true });
    const exited = once(stray, 'exit');
    const file = join(dirname(run.folder), 'runs', `${id}.jsonl`);
    writeFileSync(file, '{"kind":"folder","path":"/nonex');
    expect(sweepRuns()).toContain(id);
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(existsSync(file)).toBe(false);
    await run.end();
  });

  it('is left alone while its runner lives', async () => {
    const run = startRun();
    try {
      expect(sweepRuns()).not.toContain(run.id);
      expect(existsSync(run.folder)).toBe(true);
    } finally {
      await run.end();
    }
    expect(existsSync(run.folder)).toBe(false);
  });
});
