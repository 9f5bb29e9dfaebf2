/** Keys that wait for a time, the earliest first. */

/** A key and the monotonic ms at which it is due. */
export type Delayed<T> = { readonly key: string; readonly at: number; readonly payload: T };

/** A binary heap; a key may be in it once. */
export class DelayHeap<T> {
  readonly #heap: Delayed<T>[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest entry, which stays. */
  peek(): Delayed<T> | undefined {
    return this.#heap[0];
  }

  get(key: string): Delayed<T> | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#heap[place];
  }

  /** Adds the entry, or puts it in the place of the key's earlier one. */
  set(entry: Delayed<T>): void {
    const place = this.#places.get(entry.key) ?? this.#heap.length;
    this.#put(place, entry);
    this.#sink(this.#rise(place));
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    const last = this.#heap.pop();
    if (place === undefined || last === undefined) {
      if (last !== undefined) this.#heap.push(last);
      return;
    }
    this.#places.delete(key);
    if (last.key === key) return;
    this.#put(place, last);
    this.#sink(this.#rise(place));
  }

  clear(): void {
    this.#heap.length = 0;
    this.#places.clear();
  }

  #put(place: number, entry: Delayed<T>): void {
    this.#heap[place] = entry;
    this.#places.set(entry.key, place);
  }

  #rise(from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#earlier(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
    return place;
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = this.#earlier(right, left) ? right : left;
      if (!this.#earlier(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }

  /** A place beyond the heap is later than any other. */
  #earlier(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    return first !== undefined && (second === undefined || first.at < second.at);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#put(a, second);
    this.#put(b, first);
  }
}
