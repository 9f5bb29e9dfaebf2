/** gather, first half: fills the World of one app from the caches. */
import { calledApps } from '../model/calls.ts';
import type { Platform } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { CertificateFacts, SiblingApp, World } from '../model/world.ts';
import { appKey } from './app-index.ts';
import type { AppEntry } from './app-index.ts';
import type { Decisions } from './decisions.ts';
import { hostClaims } from './host-claims.ts';
import type { Sources } from './sources.ts';

/** What the World depends on beside the caches; `now` is RFC 3339. */
export type WorldContext = { readonly platform: Platform; readonly decisions: Decisions; readonly now: string };

/** The World of one app. */
export function worldOf(entry: AppEntry, traffic: Traffic, sources: Sources, at: WorldContext): World {
  const facts = (claimant: AppEntry, asked: Traffic): World => worldWithoutRivals(claimant, asked, sources, at);
  return { ...facts(entry, traffic), hosts: hostClaims(entry, sources, { ...at, facts }) };
}

/** The World of one app, but that nobody else claims a host. */
function worldWithoutRivals(
  entry: AppEntry,
  traffic: Traffic,
  sources: Sources,
  at: Omit<WorldContext, 'decisions'>,
): World {
  const edge = traffic.external?.edge;
  const gateway = edge?.kind === 'NamedGateway' ? sources.gateway(edge.namespace, edge.name) : undefined;
  const mesh = sources.meshOf(traffic.app.namespace);
  const siblings = siblingsOf(entry, traffic, sources);
  const availableKinds = sources.availableKinds();
  return {
    now: at.now,
    platform: at.platform,
    created: entry.object.metadata.creationTimestamp ?? '',
    hosts: [],
    siblings,
    services: [...servicesNamed(traffic), ...servicesCalled(traffic, siblings)].flatMap(
      ({ namespace, name }) => sources.service(namespace, name) ?? [],
    ),
    ...(sources.watchedNamespaces.length === 0 ? {} : { watchedNamespaces: sources.watchedNamespaces }),
    gateways: gateway === undefined ? [] : [gateway],
    ingressClasses: sources.ingressClasses(),
    certificates: certificatesOf(entry, sources),
    namespaces: mesh === undefined ? [] : [{ name: traffic.app.namespace, mesh }],
    ...(availableKinds === undefined ? {} : { availableKinds }),
    assumesPresent: false,
  };
}

/** The Certificates of the app, as its labels say and as cert-manager tells of them. */
function certificatesOf({ key, object }: AppEntry, sources: Sources): readonly CertificateFacts[] {
  return sources.childrenOf(key).flatMap(({ key: { namespace, name }, extract, controller }) => {
    if (extract.kind !== 'Certificate' || controller?.uid !== object.metadata.uid) return [];
    const { ready, message } = extract;
    return [{ namespace, name, ready, ...(message === undefined ? {} : { message }) }];
  });
}

/** The Services that backends name, and the app's own. */
function servicesNamed({ app, backends, service }: Traffic): readonly { namespace: string; name: string }[] {
  const others = backends.flatMap((b) => (b.kind === 'Service' ? [{ namespace: b.namespace, name: b.service }] : []));
  return [...others, { namespace: app.namespace, name: service.name }];
}

/** The Services that `calls` means. */
function servicesCalled(
  traffic: Traffic,
  siblings: readonly SiblingApp[],
): readonly { namespace: string; name: string }[] {
  const facts = { siblings, services: [], assumesPresent: false };
  return calledApps(traffic, facts).map(({ service: { namespace, service } }) => ({ namespace, name: service }));
}

/** Apps that select some of the same pods, make or made the app's Service or one that a backend names, and apps that `allow` and `calls` name. */
function siblingsOf(entry: AppEntry, traffic: Traffic, sources: Sources): readonly SiblingApp[] {
  const { namespace } = traffic.app;
  const allowed = (traffic.internal?.allow?.value ?? []).flatMap((caller) =>
    caller.app === undefined ? [] : [appKey({ name: caller.app, namespace: caller.namespace ?? namespace })],
  );
  const makers = servicesNamed(traffic).flatMap((of) => {
    const { madeBy } = sources.service(of.namespace, of.name) ?? {};
    return madeBy === undefined ? [] : [appKey({ namespace: of.namespace, name: madeBy })];
  });
  const called = (traffic.internal?.calls?.value ?? []).flatMap((call) =>
    call.kind === 'App' ? [appKey({ name: call.app, namespace: call.namespace })] : [],
  );
  const keys = [...new Set([...allowed, ...called, ...makers])];
  const named = keys.flatMap((key) => sources.apps.get(key) ?? []);
  const found = new Map([...sources.apps.rivals(traffic), ...named].map((other) => [other.key, other]));
  found.delete(entry.key);
  return [...found.values()].flatMap(({ sibling }) => sibling ?? []);
}
