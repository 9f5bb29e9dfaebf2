/** The events of one pass: repairs, takeovers, and turns for the worse; none when all goes well (architecture, §4 Counts). */
import type { AppTrafficStatus, Condition } from '../api/v1alpha1/status.ts';
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { apiVersionOf, kinds } from '../kube/gvk.ts';
import { clip } from './clip.ts';
import { eventReasons } from './event-reasons.ts';
import type { EventReason } from './event-reasons.ts';

/** An event about the AppTraffic, in the words of events.k8s.io/v1. */
export type ReportedEvent = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly action: string;
  readonly note: string;
  /** The child it is about. */
  readonly related?: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
};

/** One event for each child that this pass repaired or took over. */
export function passEvents(children: readonly ChildOutcome[]): readonly ReportedEvent[] {
  return children.flatMap((child): readonly ReportedEvent[] => {
    const { key, uid, state } = child;
    const told = [
      ...(child.repaired === true
        ? [event('Repaired', `${key.kind} ${key.name} was changed by somebody else and is put right`)]
        : []),
      ...(child.adopts === true && state === 'InSync'
        ? [event('Adopted', `${key.kind} ${key.name} was there already and is taken over: it is deleted with this app`)]
        : []),
    ];
    return told.map((one) => ({
      ...one,
      ...(uid === undefined
        ? {}
        : {
            related: {
              apiVersion: apiVersionOf(kinds[key.kind]),
              kind: key.kind,
              namespace: key.namespace,
              name: key.name,
              uid,
            },
          }),
    }));
  });
}

/** What got worse from one status to the next. Leaving Ready is told only when no event names the cause. */
export function statusEvents(previous: AppTrafficStatus | undefined, next: AppTrafficStatus): readonly ReportedEvent[] {
  const turned = turnsForTheWorse.flatMap(({ reason, cause }): readonly ReportedEvent[] => {
    const [before, now] = [cause(conditionsIn(previous)), cause(conditionsIn(next))];
    return now === undefined || before?.reason === now.reason ? [] : [event(reason, now.message)];
  });
  if (turned.length > 0) return turned;
  const [before, now] = [conditionsIn(previous).get('Ready'), conditionsIn(next).get('Ready')];
  return before?.status === 'True' && now?.status === 'False' ? [event('NotReady', now.message)] : [];
}

type Conditions = ReadonlyMap<string, Condition>;

const writeRefusals: ReadonlySet<string> = new Set(['ImmutableField', 'AdmissionDenied', 'Forbidden']);

/** Per event reason the condition that causes it, while it does. */
const turnsForTheWorse: readonly {
  readonly reason: EventReason;
  readonly cause: (conditions: Conditions) => Condition | undefined;
}[] = [
  { reason: 'Refused', cause: (conditions) => conditionWith(conditions, 'Accepted', 'False') },
  { reason: 'Conflicted', cause: (conditions) => conditionWith(conditions, 'Conflicted', 'True') },
  { reason: 'PartiallyInvalid', cause: (conditions) => conditionWith(conditions, 'PartiallyInvalid', 'True') },
  {
    reason: 'WriteRefused',
    cause: (conditions) => {
      const found = conditionWith(conditions, 'Programmed', 'False');
      return found !== undefined && writeRefusals.has(found.reason) ? found : undefined;
    },
  },
];

function conditionsIn(status: AppTrafficStatus | undefined): Conditions {
  return new Map((status?.conditions ?? []).map((condition) => [condition.type, condition]));
}

function conditionWith(conditions: Conditions, type: string, status: Condition['status']): Condition | undefined {
  const found = conditions.get(type);
  return found?.status === status ? found : undefined;
}

function event(reason: EventReason, note: string): ReportedEvent {
  const { type, action } = eventReasons[reason];
  return { type, reason, action, note: clip(note, 1000) };
}
