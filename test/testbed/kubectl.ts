/** The real kubectl, as a person would call it. */
import { spawn } from 'node:child_process';
import { programPath } from '../../hack/toolchain/location.ts';
import { dyingWithParent } from '../../hack/toolchain/dying-with-parent.ts';
import type { Run } from './run.ts';

/** A kubectl call that ended with another code than 0. */
export class KubectlFailure extends Error {
  override readonly name = 'KubectlFailure';
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  constructor(args: readonly string[], result: { code: number | null; stdout: string; stderr: string }) {
    super(`kubectl ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
    this.code = result.code;
    this.stdout = result.stdout;
    this.stderr = result.stderr;
  }
}

const timeLimitMs = 120_000;

/** Runs kubectl with `stdin`, if any; resolves with its stdout, rejects with KubectlFailure on an exit code other than 0. */
export async function runKubectl(
  run: Run,
  kubeconfig: string,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  const [command, words] = dyingWithParent(programPath('kubectl'), args);
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, HOME: run.folder, KUBECONFIG: kubeconfig, ...run.environment },
    stdio: 'pipe',
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(stdin);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new KubectlFailure(args, { code, stdout, stderr });
  return stdout;
}
