/** A demo of the Makefile as a person runs it, in a temporary folder of its own, so that what it leaves behind shows. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { Run } from './run.ts';

const root = join(import.meta.dirname, '../..');

/** A demo that runs. */
export type Demo = {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once stdout holds the text; rejects when the demo ends before. */
  readonly says: (text: string) => Promise<void>;
  /** What Ctrl-C does: SIGINT for make and all that it started. */
  readonly interrupt: () => void;
  /** The exit code of make. */
  readonly ended: Promise<number | null>;
};

/** Where demos run. */
export type DemoPlace = {
  /** A folder in which everything lies that a demo makes on this machine. */
  readonly temporary: string;
  /** Starts `make TARGET WORDS`. `path`: the PATH. A KUBECONFIG of the environment names a file that is not there. */
  readonly start: (target: string, words: readonly string[], path?: string) => Demo;
  /** Files and processes that demos left on this machine. */
  readonly left: () => readonly string[];
  readonly remove: () => void;
};

/** A place for demos; they end with the run. */
export function createDemoPlace(run: Run): DemoPlace {
  const temporary = mkdtempSync(join(tmpdir(), 'apptraffic-demo-'));
  return {
    temporary,
    start: (target, words, path = process.env.PATH ?? '') =>
      startMake([target, ...words], { ...run.environment, PATH: path, TMPDIR: temporary }),
    left: () => [...filesLeft(temporary), ...processesWith(temporary)],
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

function startMake(words: readonly string[], env: Readonly<Record<string, string>>): Demo {
  const child = spawn('make', ['--no-print-directory', ...words], {
    cwd: root,
    detached: true,
    env: { ...process.env, MAKEFLAGS: '', MAKELEVEL: '', KUBECONFIG: '/nobodys', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let exit: number | null | undefined;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      exit = code;
      resolve(code);
    });
  });
  const hasSaid = (text: string): boolean => {
    if (stdout.includes(text)) return true;
    if (exit !== undefined) throw new Error(`it ended with ${exit}:\n${stdout}\n${stderr}`);
    return false;
  };
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
    says: (text) => eventually(`the demo to say "${text}"`, () => hasSaid(text), 240_000),
  };
}

function filesLeft(temporary: string): readonly string[] {
  const testbed = readdirSync(temporary).find((name) => name.startsWith('apptraffic-testbed-'));
  const files =
    testbed === undefined ? [] : readdirSync(join(temporary, testbed), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name !== 'runs' && name !== 'ports');
}

/** Pids of processes that have to do with the folder: by their environment, their arguments or where they work. */
function processesWith(temporary: string): readonly string[] {
  const readers = [
    (pid: string) => readFileSync(`/proc/${pid}/environ`, 'utf8'),
    (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    (pid: string) => readlinkSync(`/proc/${pid}/cwd`),
  ];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readers.some((read) => read(pid).includes(temporary));
    } catch {
      return false;
    }
  });
}
