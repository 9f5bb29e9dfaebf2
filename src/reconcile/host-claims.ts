/** Claims with the evidence that the cluster has for each: what apps ask for, and what of theirs only stands (api.md §6). */
import { listAt, textAt } from '../kube/json.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { Platform } from '../model/platform.ts';
import type { Extract } from '../plan/extract.ts';
import { isRouteKind } from '../plan/edge.ts';
import type { LiveChild } from '../plan/live-child.ts';
import type { AppEntry, Contender } from './app-index.ts';
import type { Decisions } from './decisions.ts';
import { liveRoutesOf } from './live-evidence.ts';
import { renderedRoutes } from './rendered-routes.ts';
import type { Sources } from './sources.ts';
import { standingClaims } from './standing-claims.ts';
import { standingObjects } from './standing-objects.ts';
import type { Facts } from './standing-objects.ts';

/** What claims depend on beside the caches. */
export type ClaimContext = { readonly platform: Platform; readonly decisions: Decisions; readonly facts: Facts };

/** All claims that can have a say in the app's hosts, directly or through others. */
export function hostClaims(entry: AppEntry, sources: Sources, at: ClaimContext): readonly HostClaim[] {
  const contenders = sources.apps.contenders(entry.claims);
  // Alone on its hosts an app needs no evidence, and policy adds its own claim.
  if (contenders.length <= 1) return [];
  return contenders.flatMap((contender) => claimsWithEvidence(contender, sources, at));
}

function claimsWithEvidence(
  { entry, claims, carried }: Contender,
  sources: Sources,
  at: ClaimContext,
): readonly HostClaim[] {
  const { metadata, status } = entry.object;
  const children = sources.childrenOf(entry.key).filter(({ controller }) => controller?.uid === metadata.uid);
  const decided = at.decisions.routesOf(entry.key, metadata.uid ?? '').map((extract) => ({ extract }));
  const live = [...children, ...decided];
  const facts = { platform: at.platform, ingressClasses: sources.ingressClasses() };
  const rendered = entry.traffic === undefined || live.length === 0 ? [] : renderedRoutes(entry.traffic, facts);
  const asked = claims.map((claim): HostClaim => {
    const liveRoutes = liveRoutesOf(claim, live, rendered);
    const since = sinceOf(status, claim.host);
    return {
      ...claim,
      created: metadata.creationTimestamp ?? '',
      ...(liveRoutes === undefined ? {} : { liveRoutes }),
      ...(since === undefined ? {} : { since }),
    };
  });
  const beside = standing(entry, children, rendered, { sources, facts: at.facts });
  return [...asked, ...beside.filter(({ host }) => carried.includes(host))];
}

/** What the app's live objects serve beyond what it asks for, where its spec does not put an end to that. */
function standing(
  entry: AppEntry,
  children: readonly LiveChild[],
  rendered: readonly Extract[],
  { sources, facts }: { readonly sources: Sources; readonly facts: Facts },
): readonly HostClaim[] {
  const { namespace = '', name, creationTimestamp: created = '' } = entry.object.metadata;
  const app = { app: { namespace, name }, created };
  const asked = { claims: entry.claims, rendered };
  const routes = children.filter(({ key }) => isRouteKind(key.kind));
  if (standingClaims(app, routes, asked).length === 0) return [];
  return standingClaims(app, standingObjects(entry, routes, sources, facts), asked);
}

/** When `status.hosts[]` says that the host was granted; read defensively: an older version may have written it. */
function sinceOf(status: unknown, host: string): string | undefined {
  const granted = listAt(status, 'hosts').find(
    (entry) => textAt(entry, 'host') === host && textAt(entry, 'state') === 'Granted',
  );
  return granted === undefined ? undefined : textAt(granted, 'since');
}
