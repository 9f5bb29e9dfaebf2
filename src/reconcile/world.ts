/** gather, first half: fills the World of one app from the caches. */
import { listAt, textAt } from '../kube/json.ts';
import type { HostClaim } from '../model/host-claim.ts';
import type { Platform } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { SiblingApp, World } from '../model/world.ts';
import { appKey } from './app-index.ts';
import type { AppEntry, Contender } from './app-index.ts';
import { liveRoutesOf } from './live-evidence.ts';
import type { Decisions } from './decisions.ts';
import { renderedRoutes } from './rendered-routes.ts';
import type { Sources } from './sources.ts';

/** What the World depends on beside the caches; `now` is RFC 3339. */
export type WorldContext = { readonly platform: Platform; readonly decisions: Decisions; readonly now: string };

/** The World of one app at `now` (RFC 3339). */
export function worldOf(entry: AppEntry, traffic: Traffic, sources: Sources, at: WorldContext): World {
  const edge = traffic.external?.edge;
  const gateway = edge?.kind === 'NamedGateway' ? sources.gateway(edge.namespace, edge.name) : undefined;
  const mesh = sources.meshOf(traffic.app.namespace);
  const availableKinds = sources.availableKinds();
  return {
    now: at.now,
    platform: at.platform,
    created: entry.object.metadata.creationTimestamp ?? '',
    hosts: hostClaims(entry, sources, at),
    siblings: siblingsOf(entry, traffic, sources),
    services: servicesNamed(traffic).flatMap(({ namespace, name }) => sources.service(namespace, name) ?? []),
    ...(sources.watchedNamespaces.length === 0 ? {} : { watchedNamespaces: sources.watchedNamespaces }),
    gateways: gateway === undefined ? [] : [gateway],
    ingressClasses: sources.ingressClasses(),
    namespaces: mesh === undefined ? [] : [{ name: traffic.app.namespace, mesh }],
    ...(availableKinds === undefined ? {} : { availableKinds }),
    assumesPresent: false,
  };
}

function servicesNamed({ app, backends, service }: Traffic): readonly { namespace: string; name: string }[] {
  const others = backends.flatMap((b) => (b.kind === 'Service' ? [{ namespace: b.namespace, name: b.service }] : []));
  return service.type === 'Existing' ? [...others, { namespace: app.namespace, name: service.name }] : others;
}

/** All claims that can have a say in the app's hosts, directly or through others, with the evidence that the cluster has for each. */
function hostClaims(entry: AppEntry, sources: Sources, at: WorldContext): readonly HostClaim[] {
  const contenders = sources.apps.contenders(entry.claims);
  // Alone on its hosts an app needs no evidence, and policy adds its own claim.
  if (contenders.length <= 1) return [];
  return contenders.flatMap((contender) => claimsWithEvidence(contender, sources, at));
}

function claimsWithEvidence(
  { entry, claims }: Contender,
  sources: Sources,
  { platform, decisions }: WorldContext,
): readonly HostClaim[] {
  const { metadata, status } = entry.object;
  const children = sources.childrenOf(entry.key).filter(({ controller }) => controller?.uid === metadata.uid);
  const decided = decisions.routesOf(entry.key, metadata.uid ?? '').map((extract) => ({ extract }));
  const live = [...children, ...decided];
  const rendered =
    entry.traffic === undefined || live.length === 0
      ? []
      : renderedRoutes(entry.traffic, { platform, ingressClasses: sources.ingressClasses() });
  return claims.map((claim): HostClaim => {
    const liveRoutes = liveRoutesOf(claim, live, rendered);
    const since = sinceOf(status, claim.host);
    return {
      ...claim,
      created: metadata.creationTimestamp ?? '',
      ...(liveRoutes === undefined ? {} : { liveRoutes }),
      ...(since === undefined ? {} : { since }),
    };
  });
}

/** When `status.hosts[]` says that the host was granted; read defensively: an older version may have written it. */
function sinceOf(status: unknown, host: string): string | undefined {
  const granted = listAt(status, 'hosts').find(
    (entry) => textAt(entry, 'host') === host && textAt(entry, 'state') === 'Granted',
  );
  return granted === undefined ? undefined : textAt(granted, 'since');
}

/** Apps that select some of the same pods, and apps that `allow` names. */
function siblingsOf(entry: AppEntry, traffic: Traffic, sources: Sources): readonly SiblingApp[] {
  const allowed = (traffic.internal?.allow?.value ?? []).flatMap(({ app, namespace }) =>
    app === undefined ? [] : [appKey({ name: app, namespace: namespace ?? traffic.app.namespace })],
  );
  const named = [...new Set(allowed)].flatMap((key) => sources.apps.get(key) ?? []);
  const found = new Map([...sources.apps.selecting(traffic), ...named].map((other) => [other.key, other]));
  found.delete(entry.key);
  return [...found.values()].flatMap(({ sibling }) => sibling ?? []);
}
