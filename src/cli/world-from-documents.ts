/** The World of an app offline: what stands in the documents beside it. */
import type { AppTraffic } from '../api/v1alpha1/app-traffic.ts';
import { trafficOf } from '../compile/compile.ts';
import { textAt } from '../kube/json.ts';
import { claimsOf } from '../model/claims.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { Platform } from '../model/platform.ts';
import { siblingOf } from '../model/sibling.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { gatewayFacts, ingressClassFacts, namespaceFacts, serviceFacts } from '../reconcile/facts.ts';
import type { InputKind, InputObject } from './input/input-object.ts';

/** An AppTraffic of the input that its schema accepts. */
export type OfflineApp = { readonly object: InputObject; readonly value: AppTraffic };

/** What holds for all apps of the input. `now`: RFC 3339. */
export type Surroundings = {
  readonly apps: readonly OfflineApp[];
  readonly others: readonly InputObject[];
  readonly platform: Platform;
  readonly now: string;
};

/**
 * Gives the World of each app. An app without creationTimestamp is not in the cluster yet and counts as created now, after
 * those that are: these come first, and the rest goes by namespace and name. What is not given is assumed to be there.
 */
export function worldsFromDocuments({ apps, others, platform, now }: Surroundings): (app: OfflineApp) => World {
  const fresh = afterAll(apps, now);
  const known = apps.map((app) => {
    const traffic = trafficOf(app.value, { platform });
    const created = createdOf(app) ?? fresh;
    return { app, created, traffic, sibling: siblingOf(traffic, created, platform) };
  });
  const hosts = known.flatMap(({ app, traffic, created }) => hostClaims(app, traffic, { platform, created }));
  const manifestsOf = (kind: InputKind) =>
    others.filter((object) => object.kind === kind).map(({ manifest }) => manifest);
  const shared = {
    now,
    platform,
    hosts,
    services: manifestsOf('Service').map(serviceFacts),
    gateways: manifestsOf('Gateway').map(gatewayFacts),
    ingressClasses: manifestsOf('IngressClass').map(ingressClassFacts),
    namespaces: manifestsOf('Namespace').map(namespaceFacts),
    assumesPresent: true,
  };
  return (app) => ({
    ...shared,
    created: createdOf(app) ?? fresh,
    siblings: known.filter((other) => other.app.object !== app.object).map(({ sibling }) => sibling),
  });
}

function createdOf({ object }: OfflineApp): string | undefined {
  return textAt(object.manifest.metadata, 'creationTimestamp');
}

/** `now`, or a second after the youngest app that is in the cluster where `now` is asked for a time before that. */
function afterAll(apps: readonly OfflineApp[], now: string): string {
  const known = apps.map((app) => Date.parse(createdOf(app) ?? '')).filter(Number.isFinite);
  const youngest = Math.max(...known);
  return youngest < Date.parse(now) ? now : new Date(youngest + 1000).toISOString();
}

function hostClaims(
  { value }: OfflineApp,
  traffic: Traffic,
  { platform, created }: { readonly platform: Platform; readonly created: string },
): readonly HostClaim[] {
  return claimsOf(traffic, platform).map((claim) => {
    const granted = value.status?.hosts?.find(({ host, state }) => host === claim.host && state === 'Granted');
    return { ...claim, created, ...(granted?.since === undefined ? {} : { since: granted.since }) };
  });
}
