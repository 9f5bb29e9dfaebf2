/** What there is to say about an object, before it becomes a Kubernetes Event. */

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
