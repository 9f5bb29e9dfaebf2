/** Destinations: where an entry of a VirtualService sends what it takes, as it is written. */
import { isJsonObject, listAt, numberAt, textAt, valueAt } from '../kube/json.ts';

/** A destination that a route names. */
export type Destination = {
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  readonly weight?: number;
};

/** The destinations of the `route` of an entry, as written. */
export function sharedOutBy(route: readonly unknown[]): readonly Destination[] {
  return route.map((entry) => destination(valueAt(entry, 'destination'), numberAt(entry, 'weight')));
}

/** All that an entry sends to, and copies to. */
export function destinationsOf(rule: unknown): readonly Destination[] {
  const mirror = valueAt(rule, 'mirror');
  const weighted = sharedOutBy([...listAt(rule, 'route'), ...listAt(rule, 'mirrors')]);
  return [...weighted, ...(isJsonObject(mirror) ? [destination(mirror, undefined)] : [])];
}

function destination(value: unknown, weight: number | undefined): Destination {
  const subset = textAt(value, 'subset');
  const port = numberAt(value, 'port', 'number');
  return {
    host: textAt(value, 'host') ?? '',
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined ? {} : { port }),
    ...(weight === undefined ? {} : { weight }),
  };
}
