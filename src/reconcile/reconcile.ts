/** reconcile: gather, compile, plan, apply, report. One call brings one app as far as it can go now. */
import { compile } from '../compile/compile.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Platform } from '../model/platform.ts';
import { plan } from '../plan/plan.ts';
import type { Plan } from '../plan/change.ts';
import { againAfter, backoff, done, tryAgain } from '../runtime/outcome.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { AppEntry } from './app-index.ts';
import type { AppStates } from './app-state.ts';
import { apply } from './apply.ts';
import type { Applied } from './apply.ts';
import type { ApplyContext } from './apply-context.ts';
import type { ChildWriter } from './child-writer.ts';
import { withConfirmed } from './confirmed.ts';
import { gatherPlan } from './gather.ts';
import type { ProbeRequest, Prober } from './prober.ts';
import { refusedBySchema } from './refused-by-schema.ts';
import type { Sources } from './sources.ts';
import { nextLook } from './next-look.ts';
import { tell } from './tell.ts';
import type { TellTools } from './tell.ts';
import { unwritten } from './unread.ts';
import { worldOf } from './world.ts';

/** What a reconcile works with. Times in milliseconds since the epoch. */
export type ReconcileTools = TellTools & {
  readonly sources: Sources;
  readonly states: AppStates;
  readonly writer: ChildWriter;
  readonly prober: Pick<Prober, 'want'>;
  readonly platform: Platform;
  readonly random: () => number;
  readonly observe: ApplyContext['observe'];
  readonly forget: ApplyContext['forget'];
};

/** How many failures in a row of a passing kind are not told; the third try comes some 30 ms after the first. */
const hiccups = 2;

/** One try: how often it failed in a row before, and when to begin no more writes. */
export type Try = { readonly failures: number; readonly signal: AbortSignal };

/** Reconciles the app under `key` (`namespace/name`). Rejects only on defects of ours. */
export async function reconcile(key: string, tools: ReconcileTools, { failures, signal }: Try): Promise<Outcome> {
  const entry = tools.sources.apps.get(key);
  if (entry === undefined || isLeaving(entry.object, tools.sources)) {
    tools.states.drop(key);
    tools.prober.want(key, '', undefined);
    return done;
  }
  if (isAhead(entry, tools.sources)) return done;
  const compiled = decide(entry, tools);
  const { input, unread } = await gatherPlan(entry, compiled, tools);
  const state = tools.states.get(key, uidOf(entry));
  const drawn = plan(input);
  const context = { ...tools, signal, app: input.app, settleMs: tools.platform.settleMs };
  const applied =
    unread.length > 0
      ? unwritten(drawn, unread, state)
      : await apply(withConfirmed(drawn, state.unsure, tools.now()), context);
  tools.states.put(key, { uid: state.uid, memory: applied.memory, unsure: applied.unsure });
  if (applied.retry === undefined && applied.settlesAt === undefined) tools.states.decisions.end(key);
  // A fault that the next try mends in a moment is not worth a status that says NotReady and takes it back.
  const isHiccup = applied.retry !== undefined && failures < hiccups;
  const isUnfinished = isHiccup || signal.aborted || applied.settlesAt !== undefined || justMoved(drawn, applied);
  const finding = tools.prober.want(key, uidOf(entry), probeOf(compiled));
  const failure = await tell(entry, compiled, { children: applied.children, isUnfinished, finding }, tools);
  if (failure !== undefined) return backoff(failure);
  return next(compiled, drawn, applied, tools);
}

/** An app that is being deleted, by itself or with its namespace, is left to the cluster: nothing is written any more. */
function isLeaving({ metadata }: Manifest, sources: Pick<Sources, 'isTerminating'>): boolean {
  return metadata.deletionTimestamp !== undefined || sources.isTerminating(metadata.namespace ?? '');
}

/**
 * Whether the app is known before its namespace, whose labels decide about `internal`. Judged now it would be refused for
 * a moment; the namespace wakes it.
 */
function isAhead({ object, traffic }: AppEntry, sources: Pick<Sources, 'meshOf'>): boolean {
  return traffic?.internal !== undefined && sources.meshOf(object.metadata.namespace ?? '') === undefined;
}

/** Compiles, and lets every other app see from here on which routes this one is about to have. */
function decide(entry: AppEntry, tools: ReconcileTools): Compiled {
  const compiled = compileEntry(entry, tools);
  const { decisions } = tools.states;
  if (compiled.accepted && compiled.held === undefined) decisions.take(entry.key, uidOf(entry), compiled.manifests);
  else decisions.end(entry.key);
  return compiled;
}

function compileEntry(entry: AppEntry, tools: ReconcileTools): Compiled {
  if (!entry.parsed.ok || entry.traffic === undefined) return refusedBySchema(entry);
  const { platform, sources, states } = tools;
  const now = new Date(tools.now()).toISOString();
  const { decisions } = states;
  return compile(entry.parsed.value, worldOf(entry, entry.traffic, sources, { platform, decisions, now }));
}

/** What is asked of the app: nothing while it is refused or held, and without a host that it holds. */
function probeOf({ accepted, held, probe }: Compiled): ProbeRequest | undefined {
  if (!accepted || held !== undefined || probe?.url === undefined) return undefined;
  return { url: probe.url, expect: probe.expect };
}

/** The new edge is written: what is left to wait for before the old one goes shows when the app is looked at anew. */
function justMoved({ drain }: Plan, { wroteRoutes }: Applied): boolean {
  return wroteRoutes && drain?.waitsFor === 'Programmed';
}

function next(compiled: Compiled, drawn: Plan, applied: Applied, tools: ReconcileTools): Outcome {
  if (applied.retry !== undefined) return tryAgain({ ...applied.retry, text: unwrittenText(applied) });
  if (justMoved(drawn, applied)) return againAfter(0);
  const at = nextLook(compiled, drawn, applied, tools);
  return at === undefined ? done : againAfter(Math.max(0, at - tools.now()));
}

/** The children that are tried again, and why, for the log. */
function unwrittenText({ children }: Applied): string {
  const unwritten = children.filter(({ state }) => state !== 'InSync' && state !== 'Draining');
  return (
    unwritten.map(({ key, state, message = state }) => `${key.kind} ${key.name}: ${message}`).join('; ') ||
    'not everything is written'
  );
}

function uidOf(entry: AppEntry): string {
  return entry.object.metadata.uid ?? '';
}
