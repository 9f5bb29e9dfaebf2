import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterConfig, CredentialsResult } from '../../../src/runtime/cluster-config.ts';
import { loadClusterConfig } from '../../../src/runtime/kube-config.ts';
import type { ClusterConfigResult } from '../../../src/runtime/kube-config.ts';
import { createFakeClock } from './fake-clock.ts';

let folder: string;
const clock = createFakeClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-config-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Writes a kubeconfig of one context and loads it. */
function load(cluster: object, user: object, context: object = {}): ClusterConfigResult {
  const kubeconfig = join(folder, 'config');
  const document = {
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/base', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(document));
  return loadClusterConfig({ kubeconfig, clock });
}

const loaded = (result: ClusterConfigResult): ClusterConfig => {
  if (result.ok) return result.cluster;
  throw result.error;
};

const messageOf = (result: ClusterConfigResult | CredentialsResult): string =>
  result.ok ? 'no error' : result.error.message;

describe('the cluster configuration of a kubeconfig', () => {
  test('holds address, context, namespace and TLS material', async () => {
    const cluster = loaded(
      load(
        { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kubernetes' },
        { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
        { namespace: 'shop' },
      ),
    );
    expect([cluster.server.href, cluster.context, cluster.namespace]).toEqual([
      'https://127.0.0.1:6443/base',
      'here',
      'shop',
    ]);
    expect(await cluster.credentials(false)).toEqual({
      ok: true,
      credentials: {
        ca: Buffer.from('CA'),
        cert: Buffer.from('CERT'),
        key: Buffer.from('KEY'),
        servername: 'kubernetes',
        verifyServer: true,
        headers: {},
      },
    });
  });

  test('may be plain HTTP, skip verification or carry a password', async () => {
    const plain = loaded(load({ server: 'http://127.0.0.1:8001' }, { username: 'a', password: 'b' }));
    expect(await plain.credentials(false)).toMatchObject({
      credentials: { headers: { authorization: `Basic ${base64('a:b')}` } },
    });
    const skipping = loaded(load({ 'insecure-skip-tls-verify': true }, { token: 't' }));
    expect(await skipping.credentials(false)).toMatchObject({
      credentials: { verifyServer: false, headers: { authorization: 'Bearer t' } },
    });
  });

  test('reads a rotated token file after a minute, and at once after a 401', async () => {
    const file = join(folder, 'token');
    const token = async (refresh: boolean): Promise<unknown> => {
      const result = await cluster.credentials(refresh);
      return result.ok ? result.credentials.headers.authorization : result.error;
    };
    writeFileSync(file, 'one\n');
    const cluster = loaded(load({}, { 'token-file': file }));
    expect(await token(false)).toBe('Bearer one');
    writeFileSync(file, 'two\n');
    expect(await token(false)).toBe('Bearer one');
    await clock.advance(60_000);
    expect(await token(false)).toBe('Bearer two');
    writeFileSync(file, 'three\n');
    expect(await token(true)).toBe('Bearer two');
    await clock.advance(5_000);
    expect(await token(true)).toBe('Bearer three');
  });

  test('runs an exec plugin, whose failure is an error value and is not kept', async () => {
    const plugin = join(folder, 'plugin.cjs');
    writeFileSync(plugin, 'process.stderr.write("no session"); process.exit(1)');
    const cluster = loaded(load({}, { exec: { command: process.execPath, args: [plugin] } }));
    expect(messageOf(await cluster.credentials(false))).toBe('no credentials: no session');
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'x' },
    };
    writeFileSync(plugin, `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`);
    expect(await cluster.credentials(false)).toEqual({
      ok: true,
      credentials: { verifyServer: true, headers: { authorization: 'Bearer x' } },
    });
  });

  test('is an error value when the file is missing, names no cluster, or asks for a proxy', () => {
    expect(messageOf(loadClusterConfig({ kubeconfig: join(folder, 'none'), clock }))).toMatch(/ENOENT/);
    expect(messageOf(load({}, {}, { cluster: 'other' }))).toBe('context "here" names no cluster');
    expect(messageOf(load({ 'proxy-url': 'http://127.0.0.1:3128' }, {}))).toBe('proxy-url is not supported');
  });
});
