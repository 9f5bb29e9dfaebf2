/** The operator's process from start to end: servers first, then caches, then leadership; the other way round at the end. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { kinds } from '../../kube/gvk.ts';
import { fieldManager, leaseName } from '../../kube/identity.ts';
import type { Platform } from '../../model/platform.ts';
import { controllerName, createOperator } from '../../reconcile/operator.ts';
import { probeQueue, probeTimeoutMs } from '../../reconcile/prober.ts';
import type { Operator } from '../../reconcile/operator.ts';
import { createDiscovery } from '../../runtime/discovery.ts';
import type { ClusterConfig } from '../../runtime/cluster-config.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createEventRecorder } from '../../runtime/events.ts';
import { systemEnvironment } from '../../runtime/environment.ts';
import type { Environment } from '../../runtime/environment.ts';
import { createFence, openFence } from '../../runtime/fence.ts';
import type { Fence } from '../../runtime/fence.ts';
import { httpOptionsOf } from '../../runtime/http-options.ts';
import { createHttpsTransport } from '../../runtime/https-transport.ts';
import { createLeaderElector, leaseClientOptions } from '../../runtime/leader.ts';
import type { LeaderElector } from '../../runtime/leader.ts';
import { createResourceClient } from '../../runtime/kube-client.ts';
import { loadClusterConfig } from '../../runtime/kube-config.ts';
import { combineObservers } from '../../runtime/observer.ts';
import { createAskOutside } from '../../runtime/outside-request.ts';
import type { QueueStats } from '../../runtime/queue.ts';
import { stopSignal } from '../../runtime/signals.ts';
import type { Transport } from '../../runtime/transport.ts';
import { healthPage } from '../../server/health.ts';
import { serve } from '../../server/http.ts';
import type { HttpServer } from '../../server/http.ts';
import { Metrics } from '../../server/metrics.ts';
import type { GaugeReading } from '../../server/metrics.ts';
import type { OperatorFlags } from '../../settings/process-flags.ts';
import { settingsHash } from '../../settings/settings-hash.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { programVersion } from '../version.ts';
import { createLog, errorField } from './log.ts';
import type { Log } from './log.ts';
import { logEvents } from './log-events.ts';
import { heartbeat, readyChecks } from './probes.ts';

const heartbeatMs = 2_000;

/** Runs until a signal stops it (0), or the lease is lost or the process cannot start (1 or 2). */
export async function runOperator(flags: OperatorFlags, platform: Platform, terminal: Terminal): Promise<ExitCode> {
  const log = createLog({
    level: flags.logLevel,
    format: flags.logFormat,
    write: terminal.err,
    now: () => systemClock.wallTime(),
  });
  const loaded = loadClusterConfig({
    clock: systemClock,
    ...(flags.kubeconfigFile === undefined ? {} : { kubeconfig: flags.kubeconfigFile }),
  });
  if (!loaded.ok) {
    log.line('error', 'no cluster to talk to', { error: loaded.error.message });
    return exitCodes.error;
  }
  const metrics = new Metrics({ version: programVersion, readings: () => readings(parts.operator) });
  metrics.prepare({ controller: controllerName, lease: leaseName, probes: probeQueue });
  const environment = systemEnvironment(combineObservers([metrics.observe, logEvents(log)]));
  const parts = assemble(flags, platform, { cluster: loaded.cluster, environment });
  const { operator } = parts;
  const servers = await startServers(flags, operator, metrics, log);
  if (servers === undefined) return exitCodes.error;
  log.line('info', 'operator started', {
    version: programVersion,
    settings: settingsHash(platform),
    server: loaded.cluster.server.href,
    watchNamespaces: flags.watchNamespaces,
  });
  const end = await runUntilStopped(parts);
  parts.transport.close();
  await Promise.all(servers.map((server) => server.close()));
  log.line('info', 'operator ended', { end });
  return end === 'lost' ? exitCodes.findings : exitCodes.ok;
}

type Parts = {
  readonly operator: Operator;
  readonly transport: Transport;
  readonly recorder: ReturnType<typeof createEventRecorder>;
  readonly elector: LeaderElector | undefined;
};

function assemble(
  flags: OperatorFlags,
  platform: Platform,
  { cluster, environment }: { readonly cluster: ClusterConfig; readonly environment: Environment },
): Parts {
  const transport = createHttpsTransport({ cluster, environment, userAgent: `apptraffic/${programVersion}` });
  const identity = `${hostname()}_${randomUUID()}`;
  const fence = flags.leaderElect
    ? createFence({
        clock: environment.clock,
        leaseDurationMs: flags.leaseDurationMs,
        renewDeadlineMs: flags.renewDeadlineMs,
        writeTimeoutMs: flags.writeTimeoutMs,
      })
    : openFence;
  const discovery = createDiscovery({ transport, environment, resources: Object.values(kinds) });
  const recorder = createEventRecorder({
    // No fence: what is told last is sent after the lease was given back.
    events: createResourceClient(transport, kinds.Event, { fieldManager, writeTimeoutMs: flags.writeTimeoutMs }),
    reporter: { controller: 'apptraffic.dev/controller', instance: identity },
    environment,
  });
  return {
    transport,
    recorder,
    elector: flags.leaderElect ? elector(flags, { cluster, environment, transport, fence, identity }) : undefined,
    operator: createOperator({
      transport,
      environment,
      discovery,
      recorder,
      platform,
      settingsHash: settingsHash(platform),
      watchNamespaces: flags.watchNamespaces,
      timing: { idleTimeoutMs: flags.watchIdleTimeoutMs, relistPeriodMs: flags.relistPeriodMs },
      maxBackoffMs: flags.maxBackoffMs,
      fence: fence.gate,
      writeTimeoutMs: flags.writeTimeoutMs,
      ask: createAskOutside({
        ...platform.probes,
        userAgent: `apptraffic-probe/${programVersion}`,
        timeoutMs: probeTimeoutMs,
        never: [httpOptionsOf(cluster.server).hostname],
        clock: environment.clock,
      }),
    }),
  };
}

function elector(
  flags: OperatorFlags,
  made: {
    readonly cluster: ClusterConfig;
    readonly environment: Environment;
    readonly transport: Transport;
    readonly fence: Fence;
    readonly identity: string;
  },
): LeaderElector {
  const times = {
    leaseDurationMs: flags.leaseDurationMs,
    renewDeadlineMs: flags.renewDeadlineMs,
    retryPeriodMs: flags.retryPeriodMs,
  };
  return createLeaderElector({
    leases: createResourceClient(made.transport, kinds.Lease, { fieldManager, ...leaseClientOptions(times) }),
    environment: made.environment,
    fence: made.fence,
    identity: made.identity,
    lease: { namespace: made.cluster.namespace, name: leaseName },
    times,
  });
}

/** Caches run on every replica; the controller only while leading; what is recorded last is sent last. */
async function runUntilStopped({ operator, recorder, elector }: Parts): Promise<'stopped' | 'lost'> {
  const stop = stopSignal();
  const rest = new AbortController();
  const background = Promise.all([operator.watch(rest.signal), recorder.run(rest.signal)]);
  const lead = (signal: AbortSignal): Promise<void> => operator.lead(signal);
  const end = elector === undefined ? await lead(stop).then(() => 'stopped' as const) : await elector.run(stop, lead);
  // A leader that lost its lease must not linger: whoever leads now is not waiting for us.
  rest.abort();
  if (end === 'stopped') await background;
  return end;
}

/** Servers listen before anything else, so that probes answer while caches are cold. */
async function startServers(
  flags: OperatorFlags,
  operator: Operator,
  metrics: Metrics,
  log: Log,
): Promise<readonly HttpServer[] | undefined> {
  const pulse = heartbeat(() => systemClock.now());
  setInterval(pulse.beat, heartbeatMs).unref();
  const live = healthPage([{ name: 'ping', fault: () => undefined }, pulse.check]);
  const probes = { '/healthz': live, '/livez': live, '/readyz': healthPage(readyChecks(operator)) };
  const scrape = async () => ({ status: 200, type: 'text/plain; version=0.0.4', body: await metrics.text() });
  const wanted = [
    { what: 'probes', address: flags.healthProbeBindAddress, pages: probes },
    { what: 'metrics', address: flags.metricsBindAddress, pages: { '/metrics': scrape } },
  ];
  const servers: HttpServer[] = [];
  for (const { what, address, pages } of wanted) {
    if (address === undefined) continue;
    try {
      const server = await serve(address, pages);
      log.line('info', 'serving', { what, port: server.port });
      servers.push(server);
    } catch (error) {
      log.line('error', 'cannot listen', { what, address, error: errorField(error) });
      await Promise.all(servers.map((one) => one.close()));
      return undefined;
    }
  }
  return servers;
}

function readings(operator: Operator): readonly GaugeReading[] {
  const depth = ({ ready }: QueueStats): number => [...ready.values()].reduce((sum, count) => sum + count, 0);
  return [
    { metric: 'workqueue_depth', labels: { name: controllerName }, value: depth(operator.queue()) },
    { metric: 'workqueue_depth', labels: { name: probeQueue }, value: depth(operator.probes()) },
    ...operator.counts().map(({ resource, objects }): GaugeReading => ({
      metric: 'apptraffic_cached_objects',
      labels: { resource },
      value: objects,
    })),
  ];
}
