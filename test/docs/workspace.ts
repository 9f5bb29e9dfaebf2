/** A reader's folder: a copy of what a clone holds, the built program on the PATH, and a shell to run blocks in. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bundle } from '../../hack/bundle.ts';
import { root } from './markdown.ts';
import { printedPattern } from './shell-block.ts';
import type { Step } from './shell-block.ts';

/** What running a block gave; both outputs as a reader sees them, in one. */
export type Ran = { readonly at: string; readonly exits: number; readonly printed: string };

/** A folder in which the blocks of one document are run. */
export type Workspace = {
  readonly folder: string;
  /** Does the steps of the suite; gives for each block that was run what was said and what was seen. */
  readonly follow: (steps: readonly Step[], suite: 'unit' | 'integration') => { said: Ran[]; seen: Ran[] };
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
  const run = (script: string): Pick<Ran, 'exits' | 'printed'> => {
    const { status, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
      timeout: timeLimitMs,
    });
    return { exits: status ?? -1, printed: stdout };
  };
  return {
    folder,
    follow: (steps, suite) => {
      const said: Ran[] = [];
      const seen: Ran[] = [];
      for (const step of steps) {
        if ('saveAs' in step) writeFileSync(join(folder, step.saveAs), step.block.text);
        else if (step.use.runs === suite) {
          const at = `${step.block.file}:${step.block.line}`;
          const { exits, printed } = run(step.block.text);
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
