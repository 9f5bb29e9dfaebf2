import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { dyingWithParent } from '../../hack/toolchain/dying-with-parent.ts';
import { eventually } from '../testbed/eventually.ts';
import { processesOf, startRun } from '../testbed/run.ts';

jest.setTimeout(180_000);

/** Which network namespace a process is in; undefined when it is gone. */
function networkOf(pid: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();

/** Network namespaces of all processes of the machine. */
const networksInUse = (): ReadonlySet<string | undefined> =>
  new Set(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(networkOf),
  );

/** What network namespaces with a name leave behind. */
const namedNetworks = (): readonly string[] =>
  ['/run/netns', '/etc/netns'].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));

describe('a mesh whose runner is killed', () => {
  it('loses its processes and networks at once, and its folder at the next start', async () => {
    const before = { interfaces: Object.keys(networkInterfaces()), named: namedNetworks() };
    const [command, args] = dyingWithParent(process.execPath, [join(import.meta.dirname, 'abandoned-mesh.ts')]);
    const runner = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(runner.stdout, 'data')) as [Buffer];
    const { id, folder } = JSON.parse(line.toString()) as { id: string; folder: string };
    const pids = processesOf(id);
    expect(pids.filter((pid) => commandOf(pid) === 'envoy')).toHaveLength(2);
    const own = networkOf('self');
    const networks = new Set(pids.map(networkOf).filter((network) => network !== own));
    // The node, the client outside, the gateway and the pod.
    expect(networks.size).toBe(4);

    runner.kill('SIGKILL');
    await once(runner, 'exit');
    await eventually('no process of the mesh', () => processesOf(id).length === 0);
    // A process that ends has lost its environment, by which it is found, a moment before its network.
    await eventually('no network of the mesh', () => ![...networksInUse()].some((one) => networks.has(one)));

    expect(existsSync(folder)).toBe(true);
    await startRun().end();
    expect(existsSync(folder)).toBe(false);
    expect({ interfaces: Object.keys(networkInterfaces()), named: namedNetworks() }).toEqual(before);
  });
});
