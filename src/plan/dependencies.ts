/** What must be there before a change may go: policies and subsets before the routes that need them, routes before what they leave behind. */
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import type { Change } from './change.ts';
import type { DesiredChild } from './desired-child.ts';
import { subsetsInUse } from './routes-in-use.ts';

/**
 * The children that a route relies on: every authorization policy of the app, and the DestinationRules whose subsets it
 * names. A Gateway alone routes nothing.
 */
export function supportsOf(route: DesiredChild, desired: readonly DesiredChild[]): readonly ObjectKey[] {
  const { extract } = route;
  if (extract.kind !== 'VirtualService' && extract.kind !== 'Ingress') return [];
  const supports = desired.filter(({ key, extract: other }) => {
    if (other.kind === 'DestinationRule') return subsetsInUse([extract], other.host).size > 0;
    return key.kind === 'AuthorizationPolicy';
  });
  return supports.map(({ key }) => key);
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
