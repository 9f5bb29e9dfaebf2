/** The registry of event reasons (events.k8s.io/v1); the reference in the docs is checked against it. No event says that all went well. */

/** What an event with the reason is. */
export type EventReasonEntry = {
  readonly type: 'Normal' | 'Warning';
  /** What the operator did or tried. */
  readonly action: string;
  readonly meaning: string;
};

/** All reasons. */
export const eventReasons = {
  Repaired: {
    type: 'Normal',
    action: 'Repair',
    meaning: 'Somebody else had changed, removed or added something of a child; it was put right.',
  },
  Adopted: {
    type: 'Normal',
    action: 'Adopt',
    meaning:
      'An object that was there already, as the spec wants it, was taken over (spec.lifecycle.adopt): it is deleted with the app.',
  },
  Refused: { type: 'Warning', action: 'Accept', meaning: 'The spec was refused; the objects stand as they were.' },
  Conflicted: {
    type: 'Warning',
    action: 'Claim',
    meaning: 'A host, a route, a port of the gateway or the name of an object belongs to somebody else.',
  },
  PartiallyInvalid: { type: 'Warning', action: 'Accept', meaning: 'Some routes cannot be served and answer 503.' },
  WriteRefused: {
    type: 'Warning',
    action: 'Apply',
    meaning:
      'The API server refuses an object: a field that cannot be changed, an admission webhook, a missing permission.',
  },
  NotReady: { type: 'Warning', action: 'Reconcile', meaning: 'The app was Ready and no longer is.' },
} as const satisfies Record<string, EventReasonEntry>;

/** An event reason. */
export type EventReason = keyof typeof eventReasons;
