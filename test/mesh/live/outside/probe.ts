/** Probes, sent by the operator itself through the real gateway; the machine's own loopback stands for the way from outside. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { condition } from '../../../testbed/kube-object.ts';
import type { KubeObject } from '../../../testbed/kube-object.ts';
import { carry } from '../../../testbed/mesh/carry.ts';
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import { startNameServer } from '../../../testbed/name-server.ts';
import { ownLoopback } from '../../../testbed/own-loopback.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';

const nameServer = { host: ownLoopback, port: 5353 };
const httpPort = 80;

/** Probes go to where {@link openWayOfProbes} listens, and nowhere else. */
export const settingsOfProbes = {
  interval: '1s',
  allowPublic: false,
  allowedCIDRs: [`${ownLoopback}/32`],
  nameServers: [`${nameServer.host}:${nameServer.port}`],
};

const names = ['probed', 'probed-elsewhere'];
const hostOf = (name: string): string => `${name}.example.com`;

/** The operator is outside the network of the mesh: a DNS server and a port of this machine lead it to the first gateway. */
export async function openWayOfProbes({ plane: { run }, internet, gateways }: Mesh): Promise<void> {
  const socket = join(run.folder, 'gateway.sock');
  const address = gateways[0]?.address ?? '';
  await internet.namespace.ask({ ask: 'entrance', socket, address, port: httpPort });
  const server = await carry(
    () => connect(socket),
    (one, up) => one.listen(httpPort, ownLoopback, up),
  );
  server.unref();
  run.atEnd(() => void server.close());
  const dns = await startNameServer(Object.fromEntries(names.map((name) => [hostOf(name), [ownLoopback]])), nameServer);
  run.atEnd(dns.stop);
}

const probed = (name: string, probe: object, routes: readonly object[]): LiveApp => ({
  name,
  spec: {
    port: 8080,
    app: { selector: { app: 'probed' } },
    external: { hosts: [hostOf(name)], probe, routes },
  },
});

const health = { name: 'health', match: { exact: '/healthz' } };
const elsewhere = { name: 'elsewhere', match: { exact: '/elsewhere' }, redirect: { path: '/healthz' } };
const rest = { name: 'rest', respond: { status: 418 } };

/** Reachable with its message, and Ready; in short. */
const toldOf = (app: KubeObject): readonly unknown[] => {
  const { status, reason, message } = condition(app, 'Reachable') ?? {};
  return [status, reason, message, condition(app, 'Ready')?.status];
};

/** The cases. */
export const probeCases: readonly LiveCase[] = [
  {
    title:
      'an app is Reachable as long as requests through the gateway are answered; Ready is not touched when its pods go',
    proves: ['external.probe.path', 'external.probe.expect'],
    apps: [
      probed('probed', { path: '/healthz' }, [health, rest]),
      probed('probed-elsewhere', { path: '/elsewhere', expect: 302 }, [elsewhere, rest]),
    ],
    run: async ({ mesh, gets, pod }) => {
      const app = (name: string) => ({
        apiVersion: 'apptraffic.dev/v1alpha1',
        kind: 'AppTraffic',
        namespace: 'team',
        name,
      });
      const says = (name: string, reason: string) =>
        mesh.api.waitFor(app(name), (seen) => seen !== undefined && condition(seen, 'Reachable')?.reason === reason);
      const subject = 'GET http://probed.example.com/healthz, 200 expected: ';
      const request = 'GET http://probed.example.com/healthz';
      expect(toldOf(await says('probed', 'ProbeSucceeded'))).toEqual([
        'True',
        'ProbeSucceeded',
        `${subject}the answer has 200`,
        'True',
      ]);
      // The redirect is the answer that is expected; followed, it would end in 418.
      expect(toldOf(await says('probed-elsewhere', 'ProbeSucceeded')).slice(0, 2)).toEqual(['True', 'ProbeSucceeded']);
      await gets([{ request, gets: { pods: 'probed', route: 'team/probed/health' } }]);
      await pod('probed').stop();
      expect(toldOf(await says('probed', 'UnexpectedStatus'))).toEqual([
        'False',
        'UnexpectedStatus',
        `${subject}the answer has 503`,
        'True',
      ]);
      expect(toldOf(await says('probed-elsewhere', 'ProbeSucceeded')).slice(0, 2)).toEqual(['True', 'ProbeSucceeded']);
    },
  },
];
