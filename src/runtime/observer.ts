/** The one typed seam from the runtime to logs and metrics: what happened, as values. */
import type { ApiError } from './api-error.ts';
import type { ErrorClass } from './error-class.ts';
import type { OutsideFault } from './outside-request.ts';

/** The verbs of the Kubernetes API as authorization names them. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** One answered (or failed) request; `code` is the HTTP status, or 0 when no answer came. Watches count when they open. */
export type RequestEvent = {
  readonly type: 'request';
  readonly verb: Verb;
  readonly method: string;
  readonly host: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly code: number;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

/** Which watch an event is about; `resource` is `plural.group`, `namespace` is absent when all are watched. */
export type WatchSubject = { readonly resource: string; readonly namespace?: string };

/** What a watch and its store go through. */
export type WatchOccurrence =
  | { readonly type: 'watch.opened'; readonly streamed: boolean }
  | { readonly type: 'watch.closed'; readonly durationMs: number; readonly events: number }
  | { readonly type: 'watch.synced'; readonly items: number; readonly streamed: boolean; readonly durationMs: number }
  | { readonly type: 'watch.failed'; readonly error: ApiError; readonly retryInMs: number }
  | { readonly type: 'watch.expired' }
  | { readonly type: 'watch.kindMissing' }
  | { readonly type: 'watch.historyRegressed'; readonly believed: boolean }
  | { readonly type: 'relist.compared'; readonly items: number; readonly missed: number }
  | { readonly type: 'relist.failed'; readonly error: ApiError }
  | { readonly type: 'store.objectRefused'; readonly key: string; readonly error: unknown }
  | { readonly type: 'store.handlerFailed'; readonly key: string; readonly error: unknown };

/** An occurrence with its watch. */
export type WatchOccurred = WatchSubject & WatchOccurrence;

/** The life of keys in a queue; metrics carry client-go's workqueue names. */
export type QueueEvent = { readonly queue: string } & (
  | { readonly type: 'queue.added'; readonly priority: number }
  | { readonly type: 'queue.taken'; readonly priority: number; readonly waitedMs: number }
  | { readonly type: 'queue.finished'; readonly workedMs: number }
  | { readonly type: 'queue.retried'; readonly delayMs: number }
);

/** How one reconcile ended; metrics carry controller-runtime's names. */
export type ReconcileResult = 'success' | 'requeue_after' | 'error' | 'terminal_error';

/** Which reconcile an event is about; `generation` is metadata.generation of the object as the reconcile met it. */
export type ReconcileSubject = {
  readonly controller: string;
  readonly key: string;
  readonly generation?: number;
  readonly reconcileID: string;
};

/**
 * One reconcile from start to end; `panicked` is true when it threw what no API call throws. With an `error`, `reason` is
 * its kind where the cluster is at fault; without a reason the fault is ours.
 */
export type ReconcileEvent = ReconcileSubject &
  (
    | { readonly type: 'reconcile.started' }
    | {
        readonly type: 'reconcile.finished';
        readonly result: ReconcileResult;
        readonly durationMs: number;
        readonly error?: unknown;
        readonly reason?: ErrorClass;
        readonly panicked: boolean;
        readonly timedOut: boolean;
      }
  );

/** The life of a candidate for the Lease `name`. */
export type LeaderEvent = { readonly name: string } & (
  | { readonly type: 'leader.acquired' }
  | { readonly type: 'leader.renewed'; readonly slowPath: boolean }
  | { readonly type: 'leader.failed'; readonly error: unknown }
  | { readonly type: 'leader.holderChanged'; readonly holder: string }
  | { readonly type: 'leader.lost' }
  | { readonly type: 'leader.released' }
);

/** What became of a Kubernetes Event that the operator wanted to record. */
export type RecorderEvent =
  | { readonly type: 'event.recorded'; readonly reason: string }
  | { readonly type: 'event.dropped'; readonly reason: string }
  | { readonly type: 'event.failed'; readonly reason: string; readonly error: unknown };

/** Credentials and discovery: the surroundings of every request. */
export type ClusterEvent =
  | { readonly type: 'credentials.failed'; readonly error: unknown }
  | { readonly type: 'credentials.rotated' }
  | { readonly type: 'discovery.changed'; readonly appeared: readonly string[]; readonly vanished: readonly string[] }
  | { readonly type: 'discovery.failed'; readonly error: unknown };

/** A request to a server outside ended; `result`: with the status code that was expected, with another one, or without any. */
export type ProbeEvent = {
  readonly type: 'probe.finished';
  readonly result: 'Expected' | 'UnexpectedStatus' | OutsideFault;
  readonly durationMs: number;
};

/** Everything the runtime tells. */
export type RuntimeEvent =
  RequestEvent | WatchOccurred | QueueEvent | ReconcileEvent | LeaderEvent | RecorderEvent | ClusterEvent | ProbeEvent;

/** Takes note of an event; it must be quick, and what it throws is a defect of the observer. */
export type Observer = (event: RuntimeEvent) => void;

/** Takes note of nothing. */
export const silentObserver: Observer = () => {};

/** Tells several observers; one that throws neither stops the others nor the runtime. */
export function combineObservers(observers: readonly Observer[]): Observer {
  return (event) => {
    for (const observer of observers) {
      try {
        observer(event);
      } catch {
        // A log line or a metric is never worth a missed write.
      }
    }
  };
}
