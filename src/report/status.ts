/** The whole status of api.md §8. */
import type { AppTrafficStatus, ChildStatus, HostStatus, ProblemStatus } from '../api/v1alpha1/status.ts';
import type { ChildOutcome, ChildState } from '../kube/child-outcome.ts';
import { kinds } from '../kube/gvk.ts';
import { compareText } from '../kube/object-key.ts';
import { problemCodes } from '../model/problem-codes.ts';
import type { Problem } from '../model/problem.ts';
import { allProblems, childText } from './child-problems.ts';
import { clip } from './clip.ts';
import { conditionsOf } from './conditions.ts';
import type { ProbeFinding } from './reachable.ts';
import type { ServedApp } from './served-app.ts';

/** What a status follows from. */
export type StatusInput = {
  readonly app: ServedApp;
  readonly children: readonly ChildOutcome[];
  /** metadata.generation of the AppTraffic that was compiled. */
  readonly generation: number;
  /** Hash of the platform settings. */
  readonly settings: string;
  readonly previous: AppTrafficStatus | undefined;
  /** What probes have settled on; undefined: nothing yet. */
  readonly finding: ProbeFinding | undefined;
  /** RFC 3339. */
  readonly now: string;
};

/** How many entries the schema of status allows. */
const most = { hosts: 128, callers: 64, calls: 128, children: 256, problems: 64 };

/** The status; equal input gives an equal status, whatever the time, as long as nothing changed. */
export function statusOf(input: StatusInput): AppTrafficStatus {
  const { app, children, generation, settings, previous, finding, now } = input;
  const problems = allProblems(app, children);
  // Kubernetes writes times to the second.
  const at = now.replace(/\.\d+/, '');
  const hosts = hostsOf(app, previous?.hosts ?? [], at);
  const { text } = app.summary;
  return {
    observedGeneration: generation,
    conditions: conditionsOf({
      app,
      children,
      problems,
      generation,
      previous: previous?.conditions ?? [],
      finding,
      now: at,
    }),
    ...urlOf(app, previous),
    ...(text === '' ? {} : { summary: clip(text, 1024) }),
    // Server-side apply refuses empty lists and maps in some versions; absent says the same.
    ...(hosts.length === 0 ? {} : { hosts }),
    ...admittedBy(app, previous),
    ...(children.length === 0 ? {} : { children: children.slice(0, most.children).map(childStatus) }),
    ...(problems.length === 0 ? {} : { problems: problems.slice(0, most.problems).map(problemStatus) }),
    settings,
    ...columnsOf(app, children, previous?.columns),
  };
}

/** A refused spec has no effect; what was served before it still is. */
function urlOf({ accepted, summary }: ServedApp, previous: AppTrafficStatus | undefined): { readonly url?: string } {
  const url = accepted ? summary.url : previous?.url;
  return url === undefined ? {} : { url: clip(url, 512) };
}

/** As with the address: whom the spec before the refused one admitted is still let in, and what it let pods call too. */
function admittedBy(
  { accepted, callers, calls }: ServedApp,
  previous: AppTrafficStatus | undefined,
): Pick<AppTrafficStatus, 'callers' | 'calls'> {
  const admitted = (accepted ? callers : previous?.callers) ?? [];
  const called = (accepted ? calls : previous?.calls) ?? [];
  return {
    ...(admitted.length === 0 ? {} : { callers: admitted.slice(0, most.callers) }),
    ...(called.length === 0 ? {} : { calls: called.slice(0, most.calls) }),
  };
}

function hostsOf(app: ServedApp, previous: readonly HostStatus[], now: string): readonly HostStatus[] {
  return [...app.hosts]
    .sort((a, b) => compareText(a.host, b.host))
    .slice(0, most.hosts)
    .map(({ host, state }) => {
      if (state !== 'Granted') return { host, state };
      const before = previous.find((one) => one.host === host && one.state === 'Granted');
      return { host, state, since: before?.since ?? now };
    });
}

const childStates: Readonly<Record<ChildState, ChildStatus['state']>> = {
  InSync: 'Programmed',
  Pending: 'Pending',
  Draining: 'Draining',
  Kept: 'Pending',
  NotOwned: 'NotOwned',
  FieldFight: 'Failed',
  ImmutableField: 'Failed',
  Rejected: 'Failed',
  Forbidden: 'Failed',
  KindUnavailable: 'Pending',
  Retrying: 'Pending',
};

function childStatus(child: ChildOutcome): ChildStatus {
  const { key, uid, state } = child;
  const text = childText(child);
  return {
    group: kinds[key.kind].group,
    kind: key.kind,
    namespace: key.namespace,
    name: key.name,
    ...(uid === undefined ? {} : { uid }),
    state: childStates[state],
    ...(text === undefined ? {} : { reason: clip(text, 1024) }),
  };
}

function problemStatus({ code, field, message, fix }: Problem): ProblemStatus {
  return {
    code,
    severity: problemCodes[code].condition === 'Warning' ? 'Warning' : 'Error',
    field: clip(field, 512),
    message: clip(message, 2048),
    fix: clip(fix, 2048),
  };
}

type Columns = NonNullable<AppTrafficStatus['columns']>;

/** What kubectl get prints; empty cells are left out. */
function columnsOf(
  app: ServedApp,
  children: readonly ChildOutcome[],
  previous: Columns | undefined,
): Pick<AppTrafficStatus, 'columns'> {
  const wanted = children.filter(({ state }) => state !== 'Draining' && state !== 'Kept');
  const programmed = wanted.filter(({ state }) => state === 'InSync');
  const cells = {
    ...(app.accepted ? cellsInEffect(app) : previous),
    children: wanted.length === 0 ? '' : `${programmed.length}/${wanted.length}`,
  };
  const filled = Object.entries(cells).filter(([, text]) => text !== '');
  return filled.length === 0 ? {} : { columns: Object.fromEntries(filled) };
}

function cellsInEffect({ hosts, summary }: ServedApp): Columns {
  const granted = hosts.filter(({ state }) => state === 'Granted').map(({ host }) => host);
  const more = granted.length > 2 ? ` +${granted.length - 2}` : '';
  return {
    hosts: clip(`${granted.slice(0, 2).join(',')}${more}`, 512),
    split: clip(summary.split, 512),
    provider: clip(summary.provider, 64),
    mtls: clip(summary.mtls, 64),
  };
}
