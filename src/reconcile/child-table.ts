/** What became of each child during one pass; apply fills it in, report reads it. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import { compareKeys, keyText } from '../kube/object-key.ts';
import type { ObjectKey } from '../kube/object-key.ts';

/** Outcomes by child. */
export class ChildTable {
  readonly #rows: Map<string, ChildOutcome>;

  constructor(rows: readonly ChildOutcome[]) {
    this.#rows = new Map(rows.map((row) => [keyText(row.key), row]));
  }

  /** Replaces the row of one child; the uid that is known of it stays. */
  put(row: ChildOutcome): void {
    const uid = row.uid ?? this.#rows.get(keyText(row.key))?.uid;
    this.#rows.set(keyText(row.key), { ...row, ...(uid === undefined ? {} : { uid }) });
  }

  /** The child is gone and no longer spoken of. */
  drop(key: ObjectKey): void {
    this.#rows.delete(keyText(key));
  }

  /** All rows, sorted. */
  rows(): readonly ChildOutcome[] {
    return [...this.#rows.values()].sort((a, b) => compareKeys(a.key, b.key));
  }
}
