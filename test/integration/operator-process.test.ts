import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import { startOperator } from '../testbed/operator.ts';
import { processesOf } from '../testbed/run.ts';

jest.setTimeout(60_000);

const program = join(import.meta.dirname, 'stand-in-operator.ts');

/** State letter of a process (proc(5)): T is stopped. */
const stateOf = (pid: number): string | undefined =>
  /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

describe('an operator in the test bed', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
  });
  afterAll(() => plane.stop());

  it('is started as users start it, is ready, and ends on SIGTERM', async () => {
    const operator = await startOperator(plane, { kubeconfig: plane.kubeconfig, program });
    expect(await operator.waitForLog(({ msg }) => msg === 'started')).toMatchObject({
      command: 'operator',
      kubeconfig: plane.kubeconfig,
      home: plane.run.folder,
    });
    expect([await operator.probe('/readyz'), await operator.metrics()]).toEqual([200, 'up 1\n']);
    expect(await operator.stop()).toEqual({ code: 0, signal: null });
    expect(operator.logs().map(({ msg }) => msg)).toEqual(['started', 'stopping']);
    expect(await operator.probe('/readyz')).toBe(0);
  });

  it('can be frozen, thawed and killed', async () => {
    const operator = await startOperator(plane, { kubeconfig: plane.kubeconfig, program });
    operator.pause();
    await eventually('the process is stopped', () => stateOf(operator.pid) === 'T');
    operator.resume();
    expect(await operator.probe('/healthz')).toBe(200);
    expect(await operator.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(operator.isRunning()).toBe(false);
  });

  it('may be started although it cannot be ready yet', async () => {
    const flags = ['--never-ready'];
    const operator = await startOperator(plane, {
      kubeconfig: plane.kubeconfig,
      program,
      flags,
      waitUntilReady: false,
    });
    expect(await operator.probe('/readyz')).toBe(503);
    await operator.kill();
  });

  it('that ends at its start fails with the end of its log', async () => {
    const failed = startOperator(plane, { kubeconfig: plane.kubeconfig, program, flags: ['--fail'] });
    await expect(failed).rejects.toThrow(/ended with 2; the end of its log:\ninvalid settings: spec.answer is unknown/);
  });

  it('ends with the control plane', async () => {
    const own = await startControlPlane({ controllers: false });
    const operator = await startOperator(own, { kubeconfig: own.kubeconfig, program });
    await own.stop();
    expect(await operator.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(processesOf(own.run.id)).toEqual([]);
  });
});
