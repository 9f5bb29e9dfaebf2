/** Calls: what an app's own pods may call (api.md §4). The Sidecar, status and decisions all say what this says. */
import { kubeAPI } from './call.ts';
import type { AppCall, CalledServer, HostCall, ServiceRef } from './call.ts';
import type { Platform } from './platform.ts';
import type { AppRef, Traffic } from './traffic.ts';
import type { SiblingApp, World } from './world.ts';

/** An AppTraffic and the name of its Service. */
export type AppService = { readonly app: AppRef; readonly service: string };

/** The Service that the entry means: that of the AppTraffic, and where there is none, the Service of that name. */
export function serviceMeant({ namespace, app: name }: AppCall, apps: readonly AppService[]): ServiceRef {
  const named = apps.find(({ app }) => app.namespace === namespace && app.name === name);
  return { namespace, service: named?.service ?? name };
}

/**
 * An entry and the Service that it means. `Alias`: a Service that only stands for another name, which no sidecar with
 * calls follows. `Missing`: nobody has it. `Assumed`: offline, nothing tells.
 */
export type Called = {
  readonly call: AppCall;
  readonly service: ServiceRef;
  readonly state: 'Known' | 'Alias' | 'Missing' | 'Assumed';
};

type Caller = Pick<Traffic, 'app' | 'service' | 'internal'>;
type Facts = Pick<World, 'siblings' | 'services' | 'watchedNamespaces' | 'assumesPresent'>;

/** The apps that `calls` names, in the order of the list. */
export function calledApps(traffic: Caller, world: Facts): readonly Called[] {
  const entries = traffic.internal?.calls?.value ?? [];
  const apps = [{ app: traffic.app, service: traffic.service.name }, ...world.siblings.map(appService)];
  return entries.flatMap((call) => {
    if (call.kind !== 'App') return [];
    const service = serviceMeant(call, apps);
    return [{ call, service, state: stateOf(call, service, { traffic, world }) }];
  });
}

/** The app and its Service, made by it or only referred to. */
function appService({ app, service, refersTo }: SiblingApp): AppService {
  return { app, service: service ?? refersTo ?? app.name };
}

function stateOf(
  call: AppCall,
  { namespace, service }: ServiceRef,
  { traffic, world }: { readonly traffic: Caller; readonly world: Facts },
): Called['state'] {
  const isNamed = ({ app }: Pick<SiblingApp, 'app'>): boolean =>
    app.namespace === call.namespace && app.name === call.app;
  const sibling = world.siblings.find(isNamed);
  const live = world.services.find((one) => one.namespace === namespace && one.name === service);
  if (sibling?.isAlias === true || (sibling === undefined && live?.type === 'ExternalName')) return 'Alias';
  if (isNamed(traffic) || sibling !== undefined || live !== undefined) return 'Known';
  // Of a namespace that is not watched nothing is claimed.
  if (world.assumesPresent || world.watchedNamespaces?.includes(namespace) === false) return 'Assumed';
  return 'Missing';
}

/** The Services that sidecars of the app's pods know, sorted, each once: those that `calls` names and those of the platform. */
export function servicesKnown(
  traffic: Caller,
  world: Facts & { readonly platform: Pick<Platform, 'calls'> },
): readonly ServiceRef[] {
  return sortedOnce([...servicesCalled(traffic, world), ...servicesOfAll(world.platform)]);
}

/** The Services that sidecars of every app know. */
export function servicesOfAll({ calls }: Pick<Platform, 'calls'>): readonly ServiceRef[] {
  return calls.always ?? [];
}

function servicesCalled(traffic: Caller, world: Facts): readonly ServiceRef[] {
  const entries = traffic.internal?.calls?.value ?? [];
  return [
    ...calledApps(traffic, world).flatMap(({ service, state }) => (state === 'Alias' ? [] : [service])),
    ...entries.flatMap(({ kind }) => (kind === 'KubeAPI' ? [kubeAPI] : [])),
  ];
}

/** The servers elsewhere that `calls` names, sorted by name. */
export function serversCalled({ internal }: Pick<Traffic, 'internal'>): readonly CalledServer[] {
  const entries = (internal?.calls?.value ?? []).filter((call): call is HostCall => call.kind === 'Host');
  return [...new Set(entries.map(({ host }) => host))].sort().map((host) => ({
    host,
    ports: sortedPorts(entries.flatMap((one) => (one.host === host ? [one.port] : []))),
  }));
}

/** The same with the ports that other apps of the namespace name for them: Istio knows a server once in a namespace. */
export function serversKnown(traffic: Caller, { siblings }: Pick<World, 'siblings'>): readonly CalledServer[] {
  const near = siblings.filter(({ app }) => app.namespace === traffic.app.namespace);
  const listed = near.flatMap(({ servers = [] }) => servers);
  return serversCalled(traffic).map(({ host, ports }) => ({
    host,
    ports: sortedPorts([...ports, ...listed.flatMap((one) => (one.host === host ? one.ports : []))]),
  }));
}

function sortedPorts(ports: readonly number[]): readonly number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}

/**
 * All that `calls` lets the app's pods call, sorted, each once: `payments/billing` (a Service), `api.stripe.com:443` (a
 * server elsewhere). Undefined without `calls`: nothing is refused.
 */
export function callsOf(traffic: Caller, world: Facts): readonly string[] | undefined {
  if (traffic.internal?.calls === undefined) return undefined;
  const services = sortedOnce(servicesCalled(traffic, world)).map(serviceText);
  const servers = serversCalled(traffic).flatMap(({ host, ports }) => ports.map((port) => `${host}:${port}`));
  return [...services, ...servers];
}

function serviceText({ namespace, service }: ServiceRef): string {
  return `${namespace}/${service}`;
}

function sortedOnce(services: readonly ServiceRef[]): readonly ServiceRef[] {
  const byText = new Map(services.map((one) => [serviceText(one), one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
