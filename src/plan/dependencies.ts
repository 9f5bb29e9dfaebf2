/** What must be there before a change may go: policies and subsets before the routes that need them, routes before what they leave behind. */
import type { ChildKind } from '../kube/gvk.ts';
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { Change } from './change.ts';
import type { DesiredChild } from './desired-child.ts';
import { isGatewayInUse, isInUse } from './routes-in-use.ts';

/**
 * Whether routes rely on objects of the kind: proxies are told of them on other ways than of routes, and a route that comes
 * first leads to a cluster that a proxy does not know yet (503), or past a policy.
 */
export function isSupportKind(kind: ChildKind): boolean {
  return [
    'AuthorizationPolicy',
    'RequestAuthentication',
    'EnvoyFilter',
    'DestinationRule',
    'Service',
    'ServiceEntry',
    'Gateway',
  ].includes(kind);
}

/**
 * The children that a route relies on: every policy of the app, the DestinationRules whose subsets it
 * names, and what tells of the servers elsewhere that it leads to. A Gateway alone routes nothing.
 */
export function supportsOf(route: DesiredChild, desired: readonly DesiredChild[]): readonly ObjectKey[] {
  const { extract } = route;
  if (extract.kind !== 'VirtualService' && extract.kind !== 'Ingress') return [];
  const supports = desired.filter(({ key, extract: other }) => {
    if (other.kind === 'DestinationRule' || other.kind === 'ServiceEntry') return isInUse([extract], key, other);
    return ['AuthorizationPolicy', 'RequestAuthentication', 'EnvoyFilter'].includes(key.kind);
  });
  return supports.map(({ key }) => key);
}

/** The desired Gateways that the route is bound to: what they open is open before a redirect leads there. */
export function gatewaysOf({ extract }: DesiredChild, desired: readonly DesiredChild[]): readonly ObjectKey[] {
  return desired.flatMap(({ key }) => (key.kind === 'Gateway' && isGatewayInUse([extract], key) ? [key] : []));
}

/** The changes, each waiting for those of `earlier` that write one of `keys` (all keys of earlier where none are given). */
export function needing(
  changes: readonly Change[],
  earlier: readonly Change[],
  keys?: readonly ObjectKey[],
): readonly Change[] {
  const wanted = keys === undefined ? undefined : new Set(keys.map(keyText));
  const needs = new Map(
    earlier.filter(({ key }) => wanted?.has(keyText(key)) ?? true).map(({ key }) => [keyText(key), key]),
  );
  return changes.map((change) => ({ ...change, needs: [...needs.values()] }));
}
