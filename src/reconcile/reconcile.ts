/** reconcile: gather, compile, plan, apply, report. One call brings one app as far as it can go now. */
import type { Compiled } from '../compile/compiled.ts';
import type { Manifest } from '../kube/manifest.ts';
import { configuresPods } from '../model/configured-pods.ts';
import { plan } from '../plan/plan.ts';
import type { Plan } from '../plan/change.ts';
import { againAfter, backoff, done, tryAgain } from '../runtime/outcome.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { AppEntry } from './app-index.ts';
import type { Applied } from './apply.ts';
import type { ApplyContext } from './apply-context.ts';
import { carryOut } from './carry-out.ts';
import type { CarriedOut } from './carry-out.ts';
import type { ChildWriter } from './child-writer.ts';
import { compileEntry } from './compile-entry.ts';
import type { CompileTools } from './compile-entry.ts';
import { finalize, withFinalizerFault } from './finalize.ts';
import { gatherPlan } from './gather.ts';
import type { ProbeRequest, Prober } from './prober.ts';
import type { Sources } from './sources.ts';
import { nextLook } from './next-look.ts';
import { unwrittenText } from './retry.ts';
import { tell } from './tell.ts';
import type { TellTools } from './tell.ts';
import { isHiccup } from './try.ts';
import type { Try } from './try.ts';

/** What a reconcile works with. Times in milliseconds since the epoch. */
export type ReconcileTools = TellTools &
  CompileTools & {
    readonly writer: ChildWriter;
    readonly prober: Pick<Prober, 'want'>;
    readonly random: () => number;
    readonly observe: ApplyContext['observe'];
    readonly forget: ApplyContext['forget'];
  };

/** Reconciles the app under `key` (`namespace/name`). Rejects only on defects of ours. */
export async function reconcile(key: string, tools: ReconcileTools, run: Try): Promise<Outcome> {
  const entry = tools.sources.apps.get(key);
  if (entry === undefined || isLeaving(entry.object, tools.sources)) {
    tools.prober.want(key, '', undefined);
    if (entry !== undefined) return finalize(entry, tools, run);
    tools.states.drop(key);
    return done;
  }
  if (isAhead(entry, tools.sources)) return done;
  const compiled = decide(entry, tools);
  const gathered = await gatherPlan(entry, compiled, tools);
  const { app } = gathered.input;
  const state = tools.states.get(key, app.uid);
  const drawn = plan(gathered.input);
  const { signal } = run;
  const context = { ...tools, signal, app, settleMs: tools.platform.settleMs };
  const { applied, fault } = await carryOut({ entry, gathered, drawn, state }, context);
  tools.states.put(key, { uid: state.uid, memory: applied.memory, unsure: applied.unsure });
  if (applied.retry === undefined && applied.settlesAt === undefined) tools.states.decisions.end(key);
  const isPassing = isHiccup(applied.retry, run);
  const isUnfinished = isPassing || signal.aborted || applied.settlesAt !== undefined || justMoved(drawn, applied);
  const told = fault === undefined ? compiled : withFinalizerFault(compiled, fault);
  const finding = tools.prober.want(key, uidOf(entry), probeOf(compiled));
  const failure = await tell(entry, told, { children: applied.children, isUnfinished, finding }, tools);
  if (failure !== undefined) return backoff(failure);
  return next(compiled, drawn, { applied, fault }, tools);
}

/** An app that is being deleted, by itself or with its namespace: no child is written any more. */
function isLeaving({ metadata }: Manifest, sources: Pick<Sources, 'isTerminating'>): boolean {
  return metadata.deletionTimestamp !== undefined || sources.isTerminating(metadata.namespace ?? '');
}

/**
 * Whether the app is known before its namespace, whose labels decide about its sidecars, and which owns what outlives the app.
 * Judged now it would be refused for a moment; the namespace wakes it.
 */
function isAhead({ object, traffic }: AppEntry, sources: Pick<Sources, 'meshOf'>): boolean {
  const asks = traffic !== undefined && (configuresPods(traffic) || traffic.orphans === true);
  return asks && sources.meshOf(object.metadata.namespace ?? '') === undefined;
}

/** Compiles, and lets every other app see from here on which routes this one is about to have. */
function decide(entry: AppEntry, tools: ReconcileTools): Compiled {
  const compiled = compileEntry(entry, tools);
  const { decisions } = tools.states;
  if (compiled.accepted && compiled.held === undefined) decisions.take(entry.key, uidOf(entry), compiled.manifests);
  else decisions.end(entry.key);
  return compiled;
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

function next(compiled: Compiled, drawn: Plan, { applied, fault }: CarriedOut, tools: ReconcileTools): Outcome {
  const { retry, children } = applied;
  if (retry !== undefined) return tryAgain({ ...retry, text: fault?.message ?? unwrittenText(children) });
  if (justMoved(drawn, applied)) return againAfter(0);
  const at = nextLook(compiled, drawn, applied, tools);
  return at === undefined ? done : againAfter(Math.max(0, at - tools.now()));
}

function uidOf(entry: AppEntry): string {
  return entry.object.metadata.uid ?? '';
}
