/** kubectl for a cluster that the user has. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { dyingWithParent } from '../toolchain/dying-with-parent.ts';
import { programPath, ToolchainError } from '../toolchain/location.ts';
import { Refusal } from './talk.ts';

/** Runs kubectl; resolves with its stdout, rejects with what it said on stderr. */
export type Kubectl = (args: readonly string[], stdin?: string) => Promise<string>;

const timeLimitMs = 150_000;

/** Whether a program is on the user's PATH. */
export function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** The word to type for kubectl: where the user has none, the path of the test bed's. */
export const kubectlToType = (): string => (isOnPath('kubectl') ? 'kubectl' : programPath('kubectl'));

function kubectlPath(): string {
  if (isOnPath('kubectl')) return 'kubectl';
  try {
    return programPath('kubectl');
  } catch (error) {
    if (error instanceof ToolchainError) throw new Refusal('kubectl is not on the PATH: install it');
    throw error;
  }
}

/**
 * kubectl with this kubeconfig. In a process group of its own, so that a Ctrl-C does not cut off the removal; it dies
 * with this process all the same. Throws a Refusal where there is no kubectl.
 */
export function kubectlWith(kubeconfig: string): Kubectl {
  const program = kubectlPath();
  return async (args, stdin) => {
    const [command, words] = dyingWithParent(program, args);
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const child = spawn(command, words, { env, detached: true, stdio: 'pipe', timeout: timeLimitMs });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined).end(stdin);
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code === 0) return stdout;
    throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || `ended with ${code}`}`);
  };
}
