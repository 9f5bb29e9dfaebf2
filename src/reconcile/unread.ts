/** A pass that could not read a child it has to know: nothing is written, and status says why. */
import type { ObjectKey } from '../kube/object-key.ts';
import type { Plan } from '../plan/change.ts';
import type { ApiError } from '../runtime/api-error.ts';
import type { AppState } from './app-state.ts';
import type { Applied } from './apply.ts';
import { faultOf } from './change-fault.ts';
import { ChildTable } from './child-table.ts';
import { joinRetries } from './retry.ts';

/** A child whose live GET failed. */
export type UnreadChild = { readonly key: ObjectKey; readonly error: ApiError };

/** What such a pass comes to; what is remembered of the app stays, and the plan only tells how the other children are. */
export function unwritten(
  drawn: Plan,
  unread: readonly UnreadChild[],
  { memory, unsure }: Pick<AppState, 'memory' | 'unsure'>,
): Applied {
  const table = new ChildTable(drawn.children);
  const faults = unread.map(({ key, error }) => ({ key, ...faultOf({ verb: 'get', kind: key.kind }, error) }));
  for (const { key, state, message } of faults) table.put({ key, state, message });
  return {
    children: table.rows(),
    memory,
    unsure,
    wroteRoutes: false,
    retry: joinRetries(faults.flatMap(({ retry }) => retry ?? [])) ?? { reason: 'retry' },
  };
}
