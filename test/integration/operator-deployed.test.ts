import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startComponent } from '../testbed/component.ts';
import type { Component } from '../testbed/component.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { eventually } from '../testbed/eventually.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');

/** Another uid and mounts of one's own need root. Under CI this runs, or fails. */
const isPossible = process.getuid?.() === 0 || process.env.CI === 'true';
if (!isPossible) process.stderr.write('skipped without root: the operator as its container runs it\n');
const asRoot = isPossible ? it : it.skip;

/** What node is given before the program, by the image's entrypoint. */
function nodeOptions(): readonly string[] {
  const [, line = '[]'] = /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
  return (JSON.parse(line) as readonly string[]).slice(1, -1);
}

type Answer = { readonly status: number; readonly text: string };

async function get(port: number, path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

describe('the operator as its container runs it', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ operator: false });
    await stage.namespace('team');
  });
  afterAll(() => stage?.stop());

  /** The one object of a kind that config/default installs. */
  async function installed(apiVersion: string, kind: string): Promise<KubeObject> {
    const { namespace } = operatorAccount;
    const all = await stage.plane.api.list({ apiVersion, kind, namespace });
    const [object, ...others] = all.filter(({ metadata }) => metadata.name.startsWith('apptraffic-'));
    if (object === undefined || others.length > 0) throw new Error(`${kind}: ${all.length} objects`);
    return object;
  }

  /** The Deployment's container, but for the addresses: loopback, and ports that are free. */
  async function start(ports: { readonly metrics: number; readonly probes: number }): Promise<Component> {
    const { plane, proxy } = stage;
    const { run } = plane;
    const container = field(await installed('apps/v1', 'Deployment'), 'spec', 'template', 'spec', 'containers', 0);
    const args = (field(container, 'args') as readonly string[]).map((arg) =>
      arg.replace(/=:8080$/, `=127.0.0.1:${ports.metrics}`).replace(/=:8081$/, `=127.0.0.1:${ports.probes}`),
    );
    const settings = join(run.folder, 'settings.yaml');
    writeFileSync(settings, String(field(await installed('v1', 'ConfigMap'), 'data', 'settings.yaml')));
    const token = join(run.folder, 'token');
    mkdirSync(token);
    writeFileSync(join(token, 'token'), await plane.tokenOf({ serviceAccount: operatorAccount }));
    writeFileSync(join(token, 'ca.crt'), proxy.ca);
    writeFileSync(join(token, 'namespace'), operatorAccount.namespace);
    const server = new URL(proxy.url);
    return startComponent(run, {
      name: 'deployed',
      command: 'unshare',
      args: [
        '--mount',
        '--propagation=private',
        'sh',
        join(import.meta.dirname, 'as-container.sh'),
        ...nodeOptions(),
        '/run/image/apptraffic.cjs',
        ...args,
      ],
      env: {
        IMAGE_NODE: realpathSync(process.execPath),
        IMAGE_BUNDLE: join(root, 'dist/apptraffic.cjs'),
        SETTINGS_FILE: settings,
        TOKEN_FOLDER: token,
        HOME: '/',
        KUBERNETES_SERVICE_HOST: server.hostname,
        KUBERNETES_SERVICE_PORT: server.port,
      },
      isReady: async () => (await get(ports.probes, '/healthz')).status === 200,
    });
  }

  asRoot(
    'serves as uid 65532 on a read-only tree, with the arguments of the Deployment and the token of its pod',
    async () => {
      const { plane, proxy } = stage;
      const ports = { metrics: await plane.run.claimPort(), probes: await plane.run.claimPort() };
      const held = proxy.inject({ verb: 'watch', resource: 'services' }, holdRequest, { times: 2 });
      const operator = await start(ports);
      const status = readFileSync(`/proc/${operator.pid}/status`, 'utf8');
      expect(status.match(/^(Uid|Gid|CapEff|CapBnd|NoNewPrivs):.*$/gm)).toEqual([
        'Uid:\t65532\t65532\t65532\t65532',
        'Gid:\t65532\t65532\t65532\t65532',
        'CapEff:\t0000000000000000',
        'CapBnd:\t0000000000000000',
        'NoNewPrivs:\t1',
      ]);
      const mounts = readFileSync(`/proc/${operator.pid}/mountinfo`, 'utf8')
        .split('\n')
        .map((line) => line.split(' '));
      const writable = ['/', '/etc', '/run'].filter((path) =>
        mounts.some(([, , , , at, how = '']) => at === path && !/\bro\b/.test(how)),
      );
      expect(writable).toEqual([]);
      // Alive from the start, ready once every cache is filled.
      await held.firstHit;
      const waiting = '[-]caches failed: not filled: services\ncheck failed\n';
      await eventually('only Services are missing', async () => (await get(ports.probes, '/readyz')).text === waiting);
      expect(await get(ports.probes, '/readyz')).toEqual({ status: 500, text: waiting });
      expect(await get(ports.probes, '/healthz')).toEqual({
        status: 200,
        text: '[+]ping ok\n[+]event-loop ok\ncheck passed\n',
      });
      held.release();
      await eventually('it is ready', async () => (await get(ports.probes, '/readyz')).status === 200);
      expect((await get(ports.probes, '/readyz')).text).toBe('[+]caches ok\ncheck passed\n');
      const app = await stage.app('team', 'shop', { port: 8080, external: { hosts: ['shop.example.com'] } });
      const ready = await stage.ready(app);
      expect(field(ready, 'status', 'url')).toBe('http://shop.example.com');
      const lines = (await get(ports.metrics, '/metrics')).text.split('\n');
      expect(lines).toContain('leader_election_master_status{name="apptraffic-controller"} 1');
      expect(lines).toContain('controller_runtime_reconcile_errors_total{controller="apptraffic"} 0');
      expect(await operator.stop(45_000)).toEqual({ code: 0, signal: null });
    },
  );
});
