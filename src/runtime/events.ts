/** Records Kubernetes Events (events.k8s.io/v1) without ever making a reconcile wait. */

/** The object an event is about. */
export type EventSubject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
};

/** What happened, in the words of events.k8s.io/v1. */
export type EventNote = {
  readonly regarding: EventSubject;
  readonly related?: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** One CamelCase word per situation, from a registry. */
  readonly reason: string;
  /** What the operator did or tried, CamelCase. */
  readonly action: string;
  /** A sentence for people; cut to 1,024 bytes. */
  readonly note: string;
};

/** Takes notes. */
export type EventRecorder = {
  /** Never throws and never waits; a note that does not fit in the queue is dropped and counted. */
  record(note: EventNote): void;
  /** Sends until `signal` aborts, then tries once to send what is left; never rejects. */
  run(signal: AbortSignal): Promise<void>;
};
