/** A process of the test bed: dies with the run, logs into the run's folder, and is waited for until it is ready. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dyingWithParent } from '../../hack/toolchain/dying-with-parent.ts';
import type { Run } from './run.ts';

/** How a process ended: by itself with a code, or by a signal. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** What to start, and how to know that it is ready. */
export type ComponentSpec = {
  /** Unique within the run; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Asked every 50 ms; a rejection counts as "not yet". */
  readonly isReady: () => Promise<boolean>;
  /** Default 60 s. */
  readonly readyWithinMs?: number;
};

/** A started process. */
export type Component = {
  readonly name: string;
  readonly pid: number;
  /** stdout and stderr; a restart under the same name appends. */
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  readonly isRunning: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, then SIGKILL after `graceMs` (default 10 s); resolves when the process is gone. */
  readonly stop: (graceMs?: number) => Promise<Exit>;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<Exit>;
};

const logTail = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-30).join('\n');

function launch(run: Run, spec: ComponentSpec): Component {
  const logFile = join(run.folder, `${spec.name}.log`);
  const log = openSync(logFile, 'a');
  const [command, args] = dyingWithParent(spec.command, spec.args);
  const child = spawn(command, args, {
    cwd: spec.cwd ?? run.folder,
    env: { PATH: process.env.PATH, HOME: run.folder, ...spec.env, ...run.environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const kill = (): Promise<Exit> => {
    child.kill('SIGKILL');
    return exited;
  };
  const stop = async (graceMs = 10_000): Promise<Exit> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    const exit = await exited;
    clearTimeout(timer);
    return exit;
  };
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return { name: spec.name, pid: child.pid ?? -1, logFile, exited, isRunning, signal, stop, kill };
}

async function untilReady(component: Component, spec: ComponentSpec): Promise<void> {
  const withinMs = spec.readyWithinMs ?? 60_000;
  const deadline = performance.now() + withinMs;
  for (;;) {
    const isReady = await spec.isReady().catch(() => false);
    if (isReady && component.isRunning()) return;
    const isLate = performance.now() > deadline;
    if (isLate || !component.isRunning()) {
      const { code, signal } = await component.kill();
      const what = isLate ? `was not ready within ${withinMs} ms` : `ended with ${signal ?? code}`;
      throw new Error(`${spec.name} ${what}; the end of its log:\n${logTail(component.logFile)}`);
    }
    await sleep(50);
  }
}

/** Starts a process and waits until it is ready; the run's end kills it. Rejects with the tail of its log when it is not ready in time. */
export async function startComponent(run: Run, spec: ComponentSpec): Promise<Component> {
  const component = launch(run, spec);
  run.atEnd(async () => void (await component.kill()));
  await untilReady(component, spec);
  return component;
}
