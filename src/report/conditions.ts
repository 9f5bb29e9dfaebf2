/** The conditions of api.md §8: four that always stand, five that stand while they are True, and one that stands with a probe. */
import type { Condition } from '../api/v1alpha1/status.ts';
import type { ChildOutcome, ChildState } from '../kube/child-outcome.ts';
import { problemCodes } from '../model/problem-codes.ts';
import type { ProblemCode, ProblemCondition } from '../model/problem-codes.ts';
import type { Problem } from '../model/problem.ts';
import { childText } from './child-problems.ts';
import { clip, joinFew } from './clip.ts';
import type { ConditionReason } from './condition-reasons.ts';
import { reachableOf } from './reachable.ts';
import type { ProbeFinding } from './reachable.ts';
import type { ServedApp } from './served-app.ts';

/** What conditions follow from; `problems`: all of them, those of the outcome included. */
export type ConditionInput = {
  readonly app: ServedApp;
  readonly children: readonly ChildOutcome[];
  readonly problems: readonly Problem[];
  readonly generation: number;
  readonly previous: readonly Condition[];
  /** What probes have settled on; undefined: nothing yet. */
  readonly finding: ProbeFinding | undefined;
  /** RFC 3339 to the second. */
  readonly now: string;
};

/** A condition before generation and time are known. */
type Finding = {
  readonly type: ConditionType;
  readonly isTrue: boolean;
  /** Nobody knows; then `isTrue` is false. */
  readonly isUnknown?: boolean;
  readonly reason: ConditionReason;
  readonly message: string;
};

/** The types, in the order in which they stand in status. */
export type ConditionType =
  | 'Ready'
  | 'Accepted'
  | 'ResolvedRefs'
  | 'Programmed'
  | 'Reconciling'
  | 'Stalled'
  | 'Conflicted'
  | 'PartiallyInvalid'
  | 'Paused'
  | 'Reachable';

/** All conditions that stand, in their order. */
export function conditionsOf(input: ConditionInput): readonly Condition[] {
  const { app, problems, children } = input;
  const accepted = fromProblems('Accepted', problems, {
    reason: 'Accepted',
    message: 'the spec is valid and permitted',
  });
  const resolved = fromProblems('ResolvedRefs', problems, {
    reason: 'ResolvedRefs',
    message: 'everything that the spec refers to is there',
  });
  const programmed = programmedOf(app, children);
  const conflicted = whileTrue('Conflicted', problems);
  const partly = whileTrue('PartiallyInvalid', problems);
  const causes = [
    ...[accepted].filter(({ isTrue }) => !isTrue),
    ...conflicted,
    ...partly,
    ...[resolved, programmed].filter(({ isTrue }) => !isTrue),
  ];
  const ready = readyOf(causes[0], app);
  const findings = [
    ready,
    accepted,
    resolved,
    programmed,
    ...progressOf(ready, { accepted, conflicted, partly, programmed }, input),
    ...conflicted,
    ...partly,
    ...pausedOf(app, children),
    ...reachable(input),
  ];
  return findings.map((finding) => completed(finding, input));
}

/** True without problems of the type; otherwise False with the first one's reason. */
function fromProblems(
  type: 'Accepted' | 'ResolvedRefs',
  problems: readonly Problem[],
  otherwise: Pick<Finding, 'reason' | 'message'>,
): Finding {
  const own = problemsOf(type, problems);
  const [first] = own;
  if (first === undefined) return { type, isTrue: true, ...otherwise };
  return { type, isTrue: false, reason: problemCodes[first.code].reason, message: messageOf(own) };
}

/** Stands while there are problems of the type. */
function whileTrue(type: 'Conflicted' | 'PartiallyInvalid', problems: readonly Problem[]): readonly Finding[] {
  const own = problemsOf(type, problems);
  const [first] = own;
  if (first === undefined) return [];
  return [{ type, isTrue: true, reason: problemCodes[first.code].reason, message: messageOf(own) }];
}

function problemsOf(condition: ProblemCondition, problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ code }) => problemCodes[code].condition === condition);
}

function messageOf(problems: readonly Problem[]): string {
  const texts = problems.map(({ field, message, fix }) => `${field}: ${message}; ${fix}`);
  return clip(joinFew(texts, 3, '. '), 2048);
}

/** What keeps Programmed from being True, the most lasting first. */
const programmedReasons: readonly (readonly [ChildState, ConditionReason])[] = [
  ['ImmutableField', 'ImmutableField'],
  ['Rejected', 'AdmissionDenied'],
  ['NotOwned', 'NotOwned'],
  ['FieldFight', 'FieldFight'],
  ['Forbidden', 'Forbidden'],
  ['KindUnavailable', 'KindUnavailable'],
  ['Retrying', 'ApplyFailed'],
  ['Pending', 'Pending'],
];

/** Objects that drain do not count. */
function programmedOf({ accepted, held, problems }: ServedApp, children: readonly ChildOutcome[]): Finding {
  const type = 'Programmed';
  if (!accepted) {
    const message = 'nothing is written while the spec is refused; objects stand as they are';
    return { type, isTrue: false, reason: 'NotAccepted', message };
  }
  const own = problems.filter(({ code }) => isAboutApp(code));
  const [first] = own;
  if (first !== undefined) {
    return { type, isTrue: false, reason: problemCodes[first.code].reason, message: messageOf(own) };
  }
  const [state, reason] = programmedReasons.find(([state]) => children.some((child) => child.state === state)) ?? [];
  if (state === undefined || reason === undefined) {
    return { type, isTrue: true, reason: 'Programmed', message: 'every object is as the spec wants it' };
  }
  const texts = children
    .filter((child) => child.state === state)
    .map((child) => `${child.key.kind} ${child.key.name}: ${childText(child) ?? state}`);
  const isHeld = held !== undefined && state === 'Pending';
  return { type, isTrue: false, reason: isHeld ? held : reason, message: clip(joinFew(texts, 3, '. '), 2048) };
}

/** A problem with the AppTraffic itself; a kind that is missing is told with its children. */
function isAboutApp(code: ProblemCode): boolean {
  return problemCodes[code].condition === 'Programmed' && code !== 'AT0401';
}

/** False for the first cause. */
function readyOf(cause: Finding | undefined, { summary }: ServedApp): Finding {
  if (cause !== undefined) return { ...cause, type: 'Ready', isTrue: false };
  return { type: 'Ready', isTrue: true, reason: 'Ready', message: clip(summary.text, 1024) };
}

type Parts = {
  readonly accepted: Finding;
  readonly conflicted: readonly Finding[];
  readonly partly: readonly Finding[];
  readonly programmed: Finding;
};

/** While not Ready: Stalled when only a change of the spec, or of somebody else's object, can help; Reconciling otherwise. */
function progressOf(ready: Finding, parts: Parts, { children }: ConditionInput): readonly Finding[] {
  if (ready.isTrue) return [];
  const { accepted, conflicted, partly, programmed } = parts;
  const isFinal = programmed.reason === 'ImmutableField' || programmed.reason === 'AdmissionDenied';
  const cause = [...(accepted.isTrue ? [] : [accepted]), ...conflicted, ...partly, ...(isFinal ? [programmed] : [])][0];
  if (cause !== undefined) return [{ ...cause, type: 'Stalled', isTrue: true }];
  const isRetrying = children.some(({ state }) => state === 'Retrying');
  const reason = isRetrying ? 'ProgressingWithRetry' : 'Progressing';
  return [{ type: 'Reconciling', isTrue: true, reason, message: ready.message }];
}

function pausedOf({ held }: ServedApp, children: readonly ChildOutcome[]): readonly Finding[] {
  if (held === undefined) return [];
  const message =
    held === 'Paused' ? 'the operator writes nothing until spec.lifecycle.paused is false' : previewText(children);
  return [{ type: 'Paused', isTrue: true, reason: held, message }];
}

function previewText(children: readonly ChildOutcome[]): string {
  const count = (isOne: (child: ChildOutcome) => boolean): number => children.filter(isOne).length;
  const adopted = count(({ state, adopts }) => state === 'Pending' && adopts === true);
  const created = count(({ state, uid, adopts }) => state === 'Pending' && uid === undefined && adopts !== true);
  const changed = count(({ state, uid }) => state === 'Pending' && uid !== undefined);
  const deleted = count(({ state }) => state === 'Draining');
  return `the operator writes nothing until spec.lifecycle.mode is Apply: it would create ${created}, ${adopted === 0 ? '' : `adopt ${adopted}, `}change ${changed} and delete ${deleted} objects`;
}

/** With a probe, whatever it has found; no other condition looks at it. */
function reachable({ app, finding, previous }: ConditionInput): readonly Finding[] {
  const type = 'Reachable';
  const said = reachableOf(
    app,
    finding,
    previous.find((one) => one.type === type),
  );
  if (said === undefined) return [];
  const { status, reason, message } = said;
  return [{ type, isTrue: status === 'True', isUnknown: status === 'Unknown', reason, message }];
}

/** lastTransitionTime moves with status alone. */
function completed(
  { type, isTrue, isUnknown = false, reason, message }: Finding,
  { previous, generation, now }: ConditionInput,
): Condition {
  const known = isTrue ? 'True' : 'False';
  const status = isUnknown ? 'Unknown' : known;
  const before = previous.find((one) => one.type === type);
  return {
    type,
    status,
    observedGeneration: generation,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
    reason,
    message,
  };
}
