/** Report: what one pass found and did -> the status to write and the events to emit. */
import type { AppTrafficStatus } from '../api/v1alpha1/status.ts';
import type { Outcome } from '../kube/child-outcome.ts';
import { stableText } from '../kube/hash.ts';
import { passEvents, statusEvents } from './events.ts';
import type { ReportedEvent } from './events.ts';
import type { ProbeFinding } from './reachable.ts';
import type { ServedApp } from './served-app.ts';
import { statusOf } from './status.ts';

/** One pass over one app. */
export type ReportInput = {
  readonly app: ServedApp;
  readonly outcome: Outcome;
  /** metadata.generation of the AppTraffic that was compiled. */
  readonly generation: number;
  /** Hash of the platform settings that the operator runs with. */
  readonly settings: string;
  /** The status that the object has. */
  readonly previous: AppTrafficStatus | undefined;
  /** What probes have settled on; undefined: nothing yet. */
  readonly finding: ProbeFinding | undefined;
  /** RFC 3339. */
  readonly now: string;
};

/** What to tell. */
export type Report = {
  /** The whole status; absent: nothing to write, because it says what the last one said or the pass ended before `settle`. */
  readonly status?: AppTrafficStatus;
  /** Of what this pass did. */
  readonly events: readonly ReportedEvent[];
  /** Of what the status says for the first time: to be emitted with it. */
  readonly turns: readonly ReportedEvent[];
};

/** Reports one pass. */
export function report({ app, outcome, ...rest }: ReportInput): Report {
  const events = passEvents(outcome.children);
  if (outcome.settling) return { events, turns: [] };
  const { previous } = rest;
  const status = statusOf({ app, children: outcome.children, ...rest });
  if (stableText(status) === stableText(previous)) return { events, turns: [] };
  return { status, events, turns: statusEvents(previous, status) };
}
