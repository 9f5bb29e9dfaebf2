/** Metrics: what the runtime's observer tells, as Prometheus text. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Observer, RuntimeEvent } from '../runtime/observer.ts';
import { outsideFaults } from '../runtime/outside-request.ts';
import { metricTable } from './metric-table.ts';
import type { Metric, MetricName } from './metric-table.ts';

type Labels = Readonly<Record<string, string>>;
type Instrument = Counter | Gauge | Histogram;

/** Numbers that are read when somebody asks for metrics. */
export type GaugeReading = { readonly metric: MetricName; readonly labels: Labels; readonly value: number };

/** Whose series are there from the start: a controller, a Lease, the queue of probes. */
export type PreparedSeries = { readonly controller: string; readonly lease: string; readonly probes: string };

/** The metrics of one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #instruments: Readonly<Record<MetricName, Instrument>>;
  readonly #readings: () => readonly GaugeReading[];

  /** `readings` is asked at every scrape; `version` becomes build info. */
  constructor(options: { readonly version: string; readonly readings: () => readonly GaugeReading[] }) {
    this.#readings = options.readings;
    const made = Object.entries(metricTable).map(([name, metric]) => [name, instrument(name, metric, this.#registry)]);
    this.#instruments = Object.fromEntries(made) as Record<MetricName, Instrument>;
    collectDefaultMetrics({ register: this.#registry });
    this.set('apptraffic_build_info', { version: options.version }, 1);
  }

  /** Sets the series of a controller, of its queue and of that of the probes to 0, so that a rate over them is right from the first event on. */
  prepare({ controller, lease, probes }: PreparedSeries): void {
    for (const result of ['success', 'requeue_after', 'error', 'terminal_error']) {
      this.add('controller_runtime_reconcile_total', { controller, result }, 0);
    }
    for (const name of [
      'controller_runtime_reconcile_errors_total',
      'controller_runtime_terminal_reconcile_errors_total',
      'controller_runtime_reconcile_panics_total',
      'controller_runtime_reconcile_timeouts_total',
    ] as const) {
      this.add(name, { controller }, 0);
    }
    this.set('controller_runtime_active_workers', { controller }, 0);
    for (const name of [controller, probes]) {
      this.add('workqueue_adds_total', { name }, 0);
      this.add('workqueue_retries_total', { name }, 0);
      this.set('workqueue_depth', { name }, 0);
    }
    for (const result of ['Expected', 'UnexpectedStatus', ...Object.keys(outsideFaults)]) {
      this.add('apptraffic_probes_total', { result }, 0);
    }
    this.set('leader_election_master_status', { name: lease }, 0);
    this.add('leader_election_slowpath_total', { name: lease }, 0);
    this.add('apptraffic_events_dropped_total', {}, 0);
  }

  /** To be given to the runtime. */
  readonly observe: Observer = (event) => {
    for (const [metric, labels, value] of measure(event)) this.#apply(metric, labels, value);
  };

  /** Adds to a counter. */
  add(name: MetricName, labels: Labels, value: number): void {
    const found = this.#instruments[name];
    if (found instanceof Counter) found.inc(labels, value);
    else if (found instanceof Gauge) found.inc(labels, value);
  }

  /** Sets a gauge. */
  set(name: MetricName, labels: Labels, value: number): void {
    const found = this.#instruments[name];
    if (found instanceof Gauge) found.set(labels, value);
  }

  /** All metrics in the Prometheus text format. */
  async text(): Promise<string> {
    for (const { metric, labels, value } of this.#readings()) this.set(metric, labels, value);
    return this.#registry.metrics();
  }

  #apply(name: MetricName, labels: Labels, value: number): void {
    const found = this.#instruments[name];
    if (found instanceof Histogram) found.observe(labels, value);
    else if (name === 'leader_election_master_status') this.set(name, labels, value);
    else this.add(name, labels, value);
  }
}

function instrument(name: string, metric: Metric, registry: Registry): Instrument {
  const options = { name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
  if (metric.type === 'counter') return new Counter(options);
  if (metric.type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, ...(metric.buckets === undefined ? {} : { buckets: [...metric.buckets] }) });
}

type Measurement = readonly [MetricName, Labels, number];
type Measures = {
  readonly [T in RuntimeEvent['type']]?: (event: Extract<RuntimeEvent, { type: T }>) => readonly Measurement[];
};

const seconds = (ms: number): number => ms / 1000;

/** Which measurements an event brings; the observer's events that no metric wants are left out. */
const measures: Measures = {
  request: ({ verb, method, host, code, durationMs }) => [
    ['rest_client_requests_total', { code: String(code), method, host }, 1],
    ['rest_client_request_duration_seconds', { verb, host }, seconds(durationMs)],
  ],
  'watch.failed': ({ resource }) => [['apptraffic_watch_failures_total', { resource }, 1]],
  'relist.compared': ({ resource, missed }) => [['apptraffic_relist_missed_total', { resource }, missed]],
  'queue.added': ({ queue }) => [['workqueue_adds_total', { name: queue }, 1]],
  'queue.taken': ({ queue, waitedMs }) => [['workqueue_queue_duration_seconds', { name: queue }, seconds(waitedMs)]],
  'queue.finished': ({ queue, workedMs }) => [['workqueue_work_duration_seconds', { name: queue }, seconds(workedMs)]],
  'queue.retried': ({ queue }) => [['workqueue_retries_total', { name: queue }, 1]],
  'reconcile.started': ({ controller }) => [['controller_runtime_active_workers', { controller }, 1]],
  'reconcile.finished': (event) => finished(event),
  'leader.acquired': ({ name }) => [['leader_election_master_status', { name }, 1]],
  'leader.lost': ({ name }) => [['leader_election_master_status', { name }, 0]],
  'leader.released': ({ name }) => [['leader_election_master_status', { name }, 0]],
  'leader.renewed': ({ name, slowPath }) => (slowPath ? [['leader_election_slowpath_total', { name }, 1]] : []),
  'event.dropped': () => [['apptraffic_events_dropped_total', {}, 1]],
  'probe.finished': ({ result, durationMs }) => [
    ['apptraffic_probes_total', { result }, 1],
    ['apptraffic_probe_duration_seconds', {}, seconds(durationMs)],
  ],
};

function finished(event: Extract<RuntimeEvent, { type: 'reconcile.finished' }>): readonly Measurement[] {
  const { controller, result, durationMs, panicked, timedOut } = event;
  const failed = result === 'error' || result === 'terminal_error';
  return [
    ['controller_runtime_active_workers', { controller }, -1],
    ['controller_runtime_reconcile_total', { controller, result }, 1],
    ['controller_runtime_reconcile_time_seconds', { controller }, seconds(durationMs)],
    ...(failed ? [['controller_runtime_reconcile_errors_total', { controller }, 1] as const] : []),
    ...(result === 'terminal_error'
      ? [['controller_runtime_terminal_reconcile_errors_total', { controller }, 1] as const]
      : []),
    ...(panicked ? [['controller_runtime_reconcile_panics_total', { controller }, 1] as const] : []),
    ...(timedOut ? [['controller_runtime_reconcile_timeouts_total', { controller }, 1] as const] : []),
  ];
}

function measure(event: RuntimeEvent): readonly Measurement[] {
  const find = measures[event.type] as ((event: RuntimeEvent) => readonly Measurement[]) | undefined;
  return find?.(event) ?? [];
}
