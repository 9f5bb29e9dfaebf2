/** Keys that are ready, by priority and then in the order in which they came. */
/** How urgent a key is (higher is sooner), and since when (monotonic ms) it is ready. */
type Ready = { readonly priority: number; readonly since: number };

/** Each key once; adding it with a higher priority moves it to the end of that class. */
export class ReadyKeys {
  readonly #keys = new Map<string, Ready>();
  readonly #classes = new Map<number, Set<string>>();

  get size(): number {
    return this.#keys.size;
  }

  /** False when the key was there at this priority or a higher one. */
  add(key: string, priority: number, since: number): boolean {
    const held = this.#keys.get(key);
    if (held !== undefined && held.priority >= priority) return false;
    if (held !== undefined) this.#classes.get(held.priority)?.delete(key);
    this.#keys.set(key, { priority, since: held?.since ?? since });
    const same = this.#classes.get(priority);
    if (same === undefined) this.#classes.set(priority, new Set([key]));
    else same.add(key);
    return held === undefined;
  }

  /** Takes the first key of the highest priority. */
  take(): (Ready & { readonly key: string }) | undefined {
    const priority = Math.max(...this.#nonEmpty());
    const first = this.#classes.get(priority)?.values().next();
    if (first === undefined || first.done === true) return undefined;
    const ready = this.#keys.get(first.value);
    this.#classes.get(priority)?.delete(first.value);
    this.#keys.delete(first.value);
    return ready === undefined ? undefined : { key: first.value, ...ready };
  }

  /** How many keys of each priority are ready; classes that were ever used stay with 0. */
  counts(): ReadonlyMap<number, number> {
    return new Map(Array.from(this.#classes, ([priority, keys]) => [priority, keys.size]));
  }

  clear(): void {
    this.#keys.clear();
    for (const keys of this.#classes.values()) keys.clear();
  }

  #nonEmpty(): readonly number[] {
    return [...this.#classes].filter(([, keys]) => keys.size > 0).map(([priority]) => priority);
  }
}
