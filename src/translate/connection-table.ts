/** Tables of connection features: where each lands in a target, or why it cannot. The compiler refuses a table that forgets one. */
import type { ConnectionFeature, ConnectionValues, Connections } from '../model/connections.ts';
import type { Located } from '../model/located.ts';
import type { Problem } from '../model/problem.ts';
import type { Placement } from './feature-table.ts';
import { problemOf } from './place.ts';

/** One row for every feature of connections. */
export type ConnectionTable<Context, Out> = {
  readonly [F in ConnectionFeature]: Placement<ConnectionValues[F], Context, Out>;
};

/** What the rows build of what is asked for, in the order of the table. */
export function placeConnections<Context, Out>(
  table: ConnectionTable<Context, Out>,
  connections: Connections,
  context: Context,
): readonly Out[] {
  return featuresOf(table).flatMap((feature) => built(table[feature], connections[feature], context));
}

/** AT0701 and AT0702 for what the target cannot do, or does differently, each at the user's field. */
export function connectionProblems<Context, Out>(
  table: ConnectionTable<Context, Out>,
  connections: Connections,
  target: string,
): readonly Problem[] {
  return featuresOf(table).flatMap((feature) => problemOf(table[feature], connections[feature], target));
}

function featuresOf<Context, Out>(table: ConnectionTable<Context, Out>): readonly ConnectionFeature[] {
  return Object.keys(table) as ConnectionFeature[];
}

function built<F extends ConnectionFeature, Context, Out>(
  placement: ConnectionTable<Context, Out>[F],
  located: Located<ConnectionValues[F]> | undefined,
  context: Context,
): readonly Out[] {
  return located === undefined || placement.support === 'unsupported' ? [] : [placement.build(located.value, context)];
}
