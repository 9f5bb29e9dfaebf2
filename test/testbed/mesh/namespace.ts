/**
 * A network namespace that lives exactly as long as the process that holds it: it has no name and no file, so when that
 * process is gone, however it ended, the kernel takes away the namespace with its interfaces, addresses and rules.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { dyingWithParent } from '../../../hack/toolchain/dying-with-parent.ts';
import type { Run } from '../run.ts';
import type { Call, Question, Reply, WireRequest, WireResult } from './wire.ts';

/** A namespace and the process inside. */
export type Namespace = {
  readonly name: string;
  /** Pid of the process that holds it. */
  readonly pid: number;
  /** Asks the process; rejects when it cannot do it or is gone. */
  readonly ask: (question: Question) => Promise<unknown>;
  /** Sends a request from the namespace. */
  readonly send: (request: WireRequest) => Promise<WireResult>;
  /** The command line that runs `command` inside. */
  readonly entering: (command: string, args: readonly string[]) => readonly [string, readonly string[]];
  /** Runs a program inside as root, with `stdin`; resolves with its stdout, rejects with its stderr when it ends with another code than 0. */
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Promise<string>;
  /** Ends the process, and with it the namespace as soon as nothing else runs inside. */
  readonly end: () => Promise<void>;
};

/** How to run a program. */
export type RunOptions = { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> };

/** The PATH of root: `ip` and `iptables` are not on everybody's. */
export const rootPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

const program = join(import.meta.dirname, 'namespace-process.ts');

function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const env = { PATH: rootPath, ...options.env };
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { env, timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => undefined).end(options.stdin);
  });
}

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** Makes a namespace with nothing in it but its loopback. Needs root. */
export async function createNamespace(run: Run, name: string): Promise<Namespace> {
  const log = openSync(join(run.folder, `${name}.log`), 'a');
  const [command, args] = dyingWithParent('unshare', ['--net', '--', process.execPath, program]);
  const child = spawn(command, args, {
    cwd: run.folder,
    env: { PATH: rootPath, ...run.environment },
    stdio: ['pipe', 'pipe', log],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  closeSync(log);
  const waiting = new Map<number, Waiting>();
  const exited = new Promise<void>((resolve) => {
    const gone = (): void => {
      for (const { reject } of waiting.values()) reject(new Error(`the process of ${name} is gone`));
      waiting.clear();
      resolve();
    };
    child.once('exit', gone).once('error', gone);
  });
  run.atEnd(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, value, error } = JSON.parse(line) as Reply;
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(`${name}: ${error}`));
  });
  child.stdin.on('error', () => undefined);
  let calls = 0;
  const expectReply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (child.exitCode === null && child.signalCode === null) waiting.set(id, { resolve, reject });
      else reject(new Error(`the process of ${name} is gone`));
    });
  const ask: Namespace['ask'] = (question) => {
    calls += 1;
    const call: Call = { id: calls, question };
    const reply = expectReply(call.id);
    child.stdin.write(`${JSON.stringify(call)}\n`);
    return reply;
  };
  await expectReply(0);
  const pid = child.pid ?? -1;
  const entering: Namespace['entering'] = (inner, words) => [
    'nsenter',
    [`--net=/proc/${pid}/ns/net`, '--', inner, ...words],
  ];
  return {
    name,
    pid,
    ask,
    send: async (request) => (await ask({ ask: 'request', request })) as WireResult,
    entering,
    run: (inner, words, options = {}) => {
      const [outer, all] = entering(inner, words);
      return runProgram(outer, all, options);
    },
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
