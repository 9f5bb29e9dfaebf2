/** Upgrades: requests that ask for another protocol on their connection (RFC 9110 §7.8), as Envoy 1.40 takes them. */
import type { Route } from '../model/route.ts';
import type { Decision } from './decision.ts';
import type { Header } from './request.ts';

type UpgradeRefusal = Pick<Decision, 'route' | 'responseHeaders'>;

/** What is asked for. `Other`: a protocol that no proxy of Istio lets through. */
export type Upgrade = 'websocket' | 'Other';

/** What the request asks for; undefined: nothing, or h2c, which Envoy takes out and serves the request as any other. */
export function upgradeOf(headers: readonly Header[]): Upgrade | undefined {
  const tokens = valueOf(headers, 'connection').split(',');
  const wanted = valueOf(headers, 'upgrade').toLowerCase();
  if (wanted === '' || !tokens.some((token) => token.trim().toLowerCase() === 'upgrade')) return undefined;
  if (wanted === 'h2c') return undefined;
  return wanted === 'websocket' ? wanted : 'Other';
}

/** The lines of a header as one value. */
function valueOf(headers: readonly Header[], name: string): string {
  return headers
    .filter((line) => line.name.toLowerCase() === name)
    .map(({ value }) => value.trim())
    .join(',');
}

/** What Envoy answers to other protocols once any route is found: none of Istio's listeners takes one but websocket. */
export const refusedUpgrade = {
  outcome: 'respond',
  status: 403,
  why: 'the request asks for another protocol on its connection, and Envoy takes none but websocket',
} as const;

/** The same on a route: a route that forwards edits it too. */
export function upgradeRefusedOn({ name, features }: Route): typeof refusedUpgrade & UpgradeRefusal {
  const { forward, responseHeaders } = features;
  const isEdited = forward !== undefined && responseHeaders !== undefined;
  return { ...refusedUpgrade, route: name, ...(isEdited ? { responseHeaders: responseHeaders.value } : {}) };
}

/** What becomes of a websocket to pods that are spoken to in HTTP/2: the connection to them breaks. */
export const brokenWebsocket = {
  outcome: 'respond',
  status: 503,
  why: 'the port of the pods speaks HTTP/2, over which no websocket is opened',
} as const;
