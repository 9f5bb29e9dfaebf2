/** A reader's folder: a copy of what a clone holds, the built program on the PATH, and a shell to run blocks in. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bundle } from '../../hack/bundle.ts';
import { dyingWithParent } from '../../hack/toolchain/dying-with-parent.ts';
import { root } from './markdown.ts';
import { printedPattern } from './shell-block.ts';
import type { Step } from './shell-block.ts';

/** What running a block gave; both outputs as a reader sees them, in one. */
export type Ran = { readonly at: string; readonly exits: number; readonly printed: string };

/** What the documents say of the blocks that were run, and what was seen; alike when every word holds. */
export type Followed = { readonly said: readonly Ran[]; readonly seen: readonly Ran[] };

/** A folder in which the blocks of one document are run. */
export type Workspace = {
  readonly folder: string;
  /** Does the steps of the suite. */
  readonly follow: (steps: readonly Step[], suite: 'unit' | 'integration') => Promise<Followed>;
  readonly remove: () => void;
};

const timeLimitMs = 120_000;

/** Builds the program and makes the folder; `programs` are put on the PATH under their names, `env` is added. */
export async function openWorkspace(
  programs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'apptraffic-docs-'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  for (const name of ['config', 'crds', 'docs', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const program = join(folder, 'dist/apptraffic.cjs');
  await bundle(program);
  const onPath = { apptraffic: program, 'kubectl-apptraffic': program, ...programs };
  for (const [name, path] of Object.entries(onPath)) symlinkSync(path, join(bin, name));
  const environment = {
    PATH: [bin, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    // Nobody's own cluster is ever the target.
    HOME: folder,
    KUBECONFIG: join(folder, 'no-kubeconfig'),
    ...env,
  };
  // Not spawnSync: what stands between the operator and its API server may live in this process.
  const run = async (script: string): Promise<Pick<Ran, 'exits' | 'printed'>> => {
    const [command, args] = dyingWithParent('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`]);
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const child = spawn(command, args, { cwd: folder, env: environment, timeout: timeLimitMs, stdio });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const exits = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? -1));
    });
    return { exits, printed };
  };
  return {
    folder,
    follow: async (steps, suite) => {
      const said: Ran[] = [];
      const seen: Ran[] = [];
      for (const step of steps) {
        if ('saveAs' in step) writeFileSync(join(folder, step.saveAs), step.block.text);
        else if (step.use.runs === suite) {
          const at = `${step.block.file}:${step.block.line}`;
          const { exits, printed } = await run(step.block.text);
          seen.push({ at, exits, printed });
          const asSaid = step.prints === undefined || printedPattern(step.prints).test(printed);
          said.push({ at, exits: step.use.exits, printed: asSaid ? printed : (step.prints ?? '') });
        }
      }
      return { said, seen };
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
