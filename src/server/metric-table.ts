/** Every metric that /metrics shows; docs/reference/metrics.md lists the same. Generic ones carry controller-runtime's and client-go's names. */

/** One metric. Buckets in seconds. */
export type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
};

const reconcileBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const queueBuckets = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100];
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** All metrics by name. */
export const metricTable = {
  controller_runtime_reconcile_total: {
    type: 'counter',
    help: 'Reconciles by result: success, requeue_after, error, terminal_error.',
    labels: ['controller', 'result'],
  },
  controller_runtime_reconcile_errors_total: {
    type: 'counter',
    help: 'Reconciles that ended in an error.',
    labels: ['controller'],
  },
  controller_runtime_terminal_reconcile_errors_total: {
    type: 'counter',
    help: 'Reconciles that ended in an error which another try cannot mend.',
    labels: ['controller'],
  },
  controller_runtime_reconcile_panics_total: {
    type: 'counter',
    help: 'Reconciles that failed by a defect of the operator.',
    labels: ['controller'],
  },
  controller_runtime_reconcile_timeouts_total: {
    type: 'counter',
    help: 'Reconciles that took too long and were ended.',
    labels: ['controller'],
  },
  controller_runtime_reconcile_time_seconds: {
    type: 'histogram',
    help: 'Duration of a reconcile.',
    labels: ['controller'],
    buckets: reconcileBuckets,
  },
  controller_runtime_active_workers: { type: 'gauge', help: 'Reconciles under way.', labels: ['controller'] },
  workqueue_adds_total: { type: 'counter', help: 'Keys added to the queue.', labels: ['name'] },
  workqueue_depth: { type: 'gauge', help: 'Keys that are ready.', labels: ['name'] },
  workqueue_retries_total: { type: 'counter', help: 'Keys put back after a failure.', labels: ['name'] },
  workqueue_queue_duration_seconds: {
    type: 'histogram',
    help: 'How long keys waited in the queue.',
    labels: ['name'],
    buckets: queueBuckets,
  },
  workqueue_work_duration_seconds: {
    type: 'histogram',
    help: 'How long keys were worked on.',
    labels: ['name'],
    buckets: queueBuckets,
  },
  rest_client_requests_total: {
    type: 'counter',
    help: 'Requests to the API server by HTTP status (0: no answer), method and host.',
    labels: ['code', 'method', 'host'],
  },
  rest_client_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of requests to the API server; watches until they open.',
    labels: ['verb', 'host'],
    buckets: requestBuckets,
  },
  leader_election_master_status: { type: 'gauge', help: '1 while this replica leads.', labels: ['name'] },
  leader_election_slowpath_total: {
    type: 'counter',
    help: 'Renewals that had to read the Lease first.',
    labels: ['name'],
  },
  apptraffic_watch_failures_total: {
    type: 'counter',
    help: 'Watches that failed and were retried.',
    labels: ['resource'],
  },
  apptraffic_relist_missed_total: {
    type: 'counter',
    help: 'Differences between a relist and the cache: changes that the watch had not brought.',
    labels: ['resource'],
  },
  apptraffic_cached_objects: { type: 'gauge', help: 'Objects in the cache.', labels: ['resource'] },
  apptraffic_events_dropped_total: {
    type: 'counter',
    help: 'Kubernetes Events not recorded: the queue was full.',
    labels: [],
  },
  apptraffic_probes_total: {
    type: 'counter',
    help: 'Probes of apps by result: Expected, UnexpectedStatus, or why no answer came.',
    labels: ['result'],
  },
  apptraffic_probe_duration_seconds: {
    type: 'histogram',
    help: 'Duration of probes of apps, DNS and TLS included.',
    labels: [],
    buckets: requestBuckets,
  },
  apptraffic_build_info: { type: 'gauge', help: 'Always 1; the version is a label.', labels: ['version'] },
} as const satisfies Record<string, Metric>;

/** The name of a metric. */
export type MetricName = keyof typeof metricTable;
