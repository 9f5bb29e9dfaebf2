/** How a property describes itself; the CRD, the JSON Schema and the field reference all print it. */

/** What a description may add to its first sentence. */
export type Aside = {
  /** What holds when the property is absent. */
  readonly absent?: string;
  /** Upstream field that it becomes, as `Kind.path`. */
  readonly becomes?: string;
};

/** The metadata of one property: what it does (whole sentences, with the unit), what it becomes, what its absence means. */
export function about(does: string, aside: Aside = {}): Readonly<Record<string, unknown>> {
  return {
    description: does,
    ...(aside.absent === undefined ? {} : { 'x-absent': aside.absent }),
    ...(aside.becomes === undefined ? {} : { 'x-becomes': aside.becomes }),
  };
}
