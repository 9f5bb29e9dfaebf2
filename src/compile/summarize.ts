/** Short texts about an app for status and printer columns. */
import { isWildcard } from '../model/host.ts';
import type { Platform } from '../model/platform.ts';
import { servesTls, servingEntryOf } from '../model/tls-served.ts';
import type { External, Traffic } from '../model/traffic.ts';
import type { Summary } from './compiled.ts';

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Sums up an app: `traffic` as the spec says, `granted` as it is served. */
export function summarize(traffic: Traffic, granted: Traffic, platform: Pick<Platform, 'gateways'>): Summary {
  const url = urlOf(granted.external, platform);
  const mtls = traffic.internal?.mtls?.mode ?? '';
  const { allow, calls } = traffic.internal ?? {};
  const parts = [
    ...(granted.external === undefined ? [] : [...servedHosts(granted.external), ...servedPorts(granted.external)]),
    ...(traffic.weightsManagedBy === undefined ? [] : [`weights by ${traffic.weightsManagedBy.value.by}`]),
    ...(mtls === '' ? [] : [`mTLS ${mtls}`]),
    ...(allow === undefined ? [] : [count(allow.value.length, 'caller')]),
    ...(calls === undefined ? [] : [count(calls.value.length, 'call')]),
  ];
  return {
    ...(url === undefined ? {} : { url }),
    split: splitText(traffic),
    provider: providerOf(traffic.external),
    mtls,
    text: parts.length === 0 ? 'Service only' : parts.join(', '),
  };
}

function servedHosts({ hosts, routes, tcp }: External): readonly string[] {
  return hosts.length === 0 && tcp.length > 0 ? [] : [count(hosts.length, 'host'), count(routes.length, 'route')];
}

function servedPorts({ tcp }: External): readonly string[] {
  return tcp.length === 0 ? [] : [count(tcp.length, 'TCP port')];
}

function providerOf(external: External | undefined): Summary['provider'] {
  if (external === undefined) return '';
  return external.edge.kind === 'Ingress' ? 'Ingress' : 'Istio';
}

function splitText({ split, weightsManagedBy: moved }: Traffic): string {
  if (split.length === 1 && split[0]?.backend.kind === 'App') return '';
  if (moved !== undefined) {
    const names = [...split.map(({ backend }) => backend), ...moved.value.idle].map(({ name }) => name).sort();
    return `${names.join(' / ')} by ${moved.value.by}`;
  }
  return split.map(({ backend, weight }) => `${backend.name} ${weight}`).join(' / ');
}

/** The first exact host with the scheme and, where it is another than the scheme's own, the port; a wildcard has no URL. */
function urlOf(external: External | undefined, platform: Pick<Platform, 'gateways'>): string | undefined {
  const host = external?.hosts.find(({ value }) => !isWildcard(value));
  if (external === undefined || host === undefined) return undefined;
  const entry = servingEntryOf(external.edge, platform);
  // What is before the gateway listens where browsers look by themselves.
  if (entry?.tlsTerminatedBefore === true) return `https://${host.value}`;
  const [scheme, port, own] = servesTls(external, platform)
    ? (['https', entry?.ports.https, 443] as const)
    : (['http', entry?.ports.http, 80] as const);
  return `${scheme}://${host.value}${port === undefined || port === own ? '' : `:${port}`}`;
}
