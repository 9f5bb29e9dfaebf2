import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOperator } from '../../../../src/cli/operator/run-operator.ts';
import { exitCodes } from '../../../../src/cli/terminal.ts';
import type { ExitCode } from '../../../../src/cli/terminal.ts';
import { programVersion } from '../../../../src/cli/version.ts';
import { serve } from '../../../../src/server/http.ts';
import { builtInPlatform } from '../../../../src/settings/platform.ts';
import { readOperatorFlags } from '../../../../src/settings/process-flags.ts';
import type { OperatorFlags } from '../../../../src/settings/process-flags.ts';
import { settingsHash } from '../../../../src/settings/settings-hash.ts';

let folder: string;
let lines: { readonly [field: string]: unknown; readonly msg: string }[];
let heard: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-operator-'));
  lines = [];
  heard = () => {};
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Whose cluster nobody serves: port 1 of loopback refuses every connection. */
function kubeconfig(): string {
  const file = join(folder, 'config');
  const document = {
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}

function flags(given: Parameters<typeof readOperatorFlags>[0]): OperatorFlags {
  const read = readOperatorFlags({
    'metrics-bind-address': '127.0.0.1:0',
    'health-probe-bind-address': '127.0.0.1:0',
    ...given,
  });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join());
  return read.value;
}

function run(given: Parameters<typeof readOperatorFlags>[0]): Promise<ExitCode> {
  return runOperator(flags(given), builtInPlatform(), {
    cwd: folder,
    now: () => '2026-01-02T03:04:05Z',
    readStdin: () => Promise.resolve(''),
    out: () => {},
    err: (line) => {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
      heard();
    },
  });
}

/** Resolves with the line, once it was written. */
async function said(msg: string, what?: string): Promise<(typeof lines)[number]> {
  for (;;) {
    const line = lines.find((one) => one.msg === msg && (what === undefined || one.what === what));
    if (line !== undefined) return line;
    await new Promise<void>((resolve) => (heard = resolve));
  }
}

/** The lines without their times; of an error only whether it names `cause`. */
const told = (cause: string): readonly object[] =>
  lines.map(({ ts: _ts, error, ...rest }) => ({
    ...rest,
    ...(error === undefined ? {} : { error: typeof error === 'string' && error.includes(cause) }),
  }));

describe('the process of the operator', () => {
  it('says that it has no cluster to talk to, and ends with 2', async () => {
    expect(await run({ kubeconfig: join(folder, 'none') })).toBe(exitCodes.error);
    expect(told(join(folder, 'none'))).toEqual([{ level: 'error', msg: 'no cluster to talk to', error: true }]);
  });

  it('says which address it cannot listen on, gives back what it listened on, and ends with 2', async () => {
    const taken = await serve({ host: '127.0.0.1', port: 0 }, {});
    try {
      const address = `127.0.0.1:${taken.port}`;
      expect(await run({ kubeconfig: kubeconfig(), 'metrics-bind-address': address })).toBe(exitCodes.error);
      const { port } = await said('serving', 'probes');
      await expect(fetch(`http://127.0.0.1:${String(port)}/healthz`)).rejects.toThrow('fetch failed');
      expect(told('EADDRINUSE')).toEqual([
        { level: 'info', msg: 'serving', what: 'probes', port },
        {
          level: 'error',
          msg: 'cannot listen',
          what: 'metrics',
          address: { host: '127.0.0.1', port: taken.port },
          error: true,
        },
      ]);
    } finally {
      await taken.close();
    }
  });

  it('answers probes while no cluster answers, and ends with 0 when it is asked to stop', async () => {
    const ending = run({ kubeconfig: kubeconfig(), 'watch-namespaces': 'team' });
    const { port: probes } = await said('serving', 'probes');
    const { port: metrics } = await said('serving', 'metrics');
    const get = async (port: unknown, path: string): Promise<readonly [number, string]> => {
      const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
      return [response.status, await response.text()];
    };
    const alive = [200, '[+]ping ok\n[+]event-loop ok\ncheck passed\n'];
    expect([await get(probes, '/healthz'), await get(probes, '/livez')]).toEqual([alive, alive]);
    const [status, body] = await get(probes, '/readyz');
    expect([status, body.startsWith('[-]caches failed: not filled: ')]).toEqual([500, true]);
    expect((await get(metrics, '/metrics'))[1]).toContain('\nworkqueue_depth{name="apptraffic"} 0\n');
    const { ts: _, ...started } = await said('operator started');
    expect(started).toEqual({
      level: 'info',
      msg: 'operator started',
      version: programVersion,
      settings: settingsHash(builtInPlatform()),
      server: 'http://127.0.0.1:1/',
      watchNamespaces: ['team'],
    });
    const { ts: __, retryInMs: ___, ...failed } = await said('watch failed');
    expect(failed).toMatchObject({ level: 'warn', msg: 'watch failed', logger: 'watch' });
    process.emit('SIGTERM');
    expect(await ending).toBe(exitCodes.ok);
    const { ts: ____, ...ended } = await said('operator ended');
    expect(ended).toEqual({ level: 'info', msg: 'operator ended', end: 'stopped' });
    await expect(fetch(`http://127.0.0.1:${String(probes)}/healthz`)).rejects.toThrow('fetch failed');
  });
});
