/** Children that are live and no longer desired: when they go, and why they stay until then. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { keyText } from '../kube/object-key.ts';
import type { Change, Drain, PhaseName } from './change.ts';
import { deletion } from './child-writes.ts';
import { isRouteKind } from './edge.ts';
import type { OldEdge } from './edge.ts';
import type { Extract } from './extract.ts';
import type { LiveChild } from './live-child.ts';
import type { Hold } from './plan-input.ts';
import { isInUse } from './routes-in-use.ts';

/** A child on its way out; without a deletion it stays for now. */
export type Leaving = {
  readonly outcome: ChildOutcome;
  readonly phase: PhaseName;
  readonly deletion?: Change;
};

/** What may keep a child: routes that still serve, and a hold on the app. */
export type KeptBy = { readonly routes: readonly Extract[]; readonly hold: Hold | undefined };

const waitTexts: Readonly<Record<Drain['waitsFor'], string>> = {
  Programmed: 'serves until its successor is written',
  References: 'serves until what its successor refers to is there',
  Address: 'serves until its successor has an address',
  DrainPeriod: 'serves until clients have moved to its successor',
};

/**
 * What becomes of a live child that is not desired. Routes go when routes switch, unless they belong to an old edge that
 * drains, and so does a Sidecar, which must not outlive what it lists; the rest goes after them, and stays while a kept route uses it.
 */
export function leavingChild(child: LiveChild, edge: OldEdge, kept: KeptBy): Leaving {
  const phase = isRouteKind(child.key.kind) || child.key.kind === 'Sidecar' ? 'switch' : 'contract';
  const stays = heldText(kept.hold) ?? staysBecause(child, edge, kept.routes);
  const outcome: ChildOutcome = {
    key: child.key,
    state: 'Draining',
    uid: child.uid,
    message: stays ?? 'no longer desired; it is about to be deleted',
  };
  return { outcome, phase, ...(stays === undefined ? { deletion: deletion(child) } : {}) };
}

function heldText(hold: Hold | undefined): string | undefined {
  if (hold === 'Paused') return 'stays while the app is paused';
  return hold === 'Preview' ? 'would be deleted' : undefined;
}

function staysBecause(child: LiveChild, edge: OldEdge, keptRoutes: readonly Extract[]): string | undefined {
  if (child.deleting) return 'is being deleted';
  const isOldEdge = edge.objects.some(({ key }) => keyText(key) === keyText(child.key));
  if (isOldEdge && edge.drain !== undefined) return waitTexts[edge.drain.waitsFor];
  return isInUse(keptRoutes, child.key, child.extract) ? 'is used by routes that still serve' : undefined;
}
