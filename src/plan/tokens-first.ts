/** What reads tokens is there before what wants them, and goes after it: in between every token would be refused. */
import { textAt } from '../kube/json.ts';
import { isParting } from './change.ts';
import type { Change } from './change.ts';

/** The changes of a phase, of which policies that refuse wait for what reads tokens, and its deletion waits for theirs. */
export function tokensFirst(changes: readonly Change[]): readonly Change[] {
  const readers = changes.filter(({ key }) => key.kind === 'RequestAuthentication');
  const [going, coming] = [readers.filter(isParting), readers.filter((change) => !isParting(change))];
  const refusing = changes.filter(isRefusing);
  return changes.map((change) => {
    if (refusing.includes(change) && !isParting(change)) return after(change, coming);
    return going.some((one) => one === change) ? after(change, refusing) : change;
  });
}

/** A policy on its way out is known by its kind alone. */
function isRefusing(change: Change): boolean {
  if (change.key.kind !== 'AuthorizationPolicy') return false;
  return isParting(change) || textAt(change.manifest?.spec, 'action') === 'DENY';
}

function after(change: Change, others: readonly Change[]): Change {
  return { ...change, needs: [...change.needs, ...others.map(({ key }) => key)] };
}
