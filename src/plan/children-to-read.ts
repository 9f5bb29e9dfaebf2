/** Which children a plan needs whole: the store keeps only their hashes and extracts. */
import { keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';
import { desiredChildren } from './desired-child.ts';
import { isOwnedBy } from './app-owner.ts';
import type { PlanInput } from './plan-input.ts';

/**
 * The children that gather reads live, one GET each, before it plans: those that differ from what is desired, and those
 * that were there and are not in the store any more (gone, or without our label); for a preview, and where objects may be
 * taken over, all that are not there. Nothing while the app is refused or deleted, and nothing of a kind that the cluster
 * does not serve.
 */
export function childrenToRead(input: PlanInput): readonly ObjectKey[] {
  const { app, live, memory, hold, adopts = false, unavailableKinds } = input;
  if (hold === 'Deleting' || hold === 'NotAccepted') return [];
  const mayAdopt = adopts && hold !== 'Paused';
  const byKey = new Map(live.map((child) => [keyText(child.key), child]));
  const toRead = desiredChildren(input).filter(({ key, hash }) => {
    if (unavailableKinds.includes(key.kind)) return false;
    const found = byKey.get(keyText(key));
    // A first write tells of an object of somebody else; a preview, and whoever would take it over, has to look.
    if (found === undefined) return hold === 'Preview' || mayAdopt || memory.inSync[keyText(key)] !== undefined;
    if (!isOwnedBy(found, app)) return mayAdopt && found.controller === undefined && found.whole === undefined;
    return !found.deleting && found.hash !== hash && found.whole === undefined;
  });
  return toRead.map(({ key }) => key);
}
