/** Programs of the operating system that the test bed calls; installs the missing ones where it may. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ToolchainError } from './location.ts';

type Prerequisite = { readonly command: string; readonly debianPackage: string; readonly why: string };

const prerequisites: readonly Prerequisite[] = [
  { command: 'setpriv', debianPackage: 'util-linux', why: 'every process of the test bed dies with the run' },
];

const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function isInstalled(command: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...sbin];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

function installPackages(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const result = spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    if (result.status !== 0)
      throw new ToolchainError(`apt-get ${args.join(' ')} failed: install ${packages.join(' ')}`);
  }
}

/**
 * Makes sure that every prerequisite is there: installs Debian packages when run as root, else throws a ToolchainError
 * that names them. Only Linux needs any.
 */
export function ensurePrerequisites(say: (line: string) => void): void {
  if (process.platform !== 'linux') return;
  const missing = prerequisites.filter((one) => !isInstalled(one.command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((one) => one.debianPackage))];
  const reasons = missing.map((one) => `${one.command} (${one.why})`).join(', ');
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    throw new ToolchainError(`missing ${reasons}: run apt-get install ${packages.join(' ')} as root`);
  }
  say(`installing ${packages.join(' ')} for ${reasons}`);
  installPackages(packages);
}
