/** Named indexes over items: value to keys. */

/** From an item to the values under which it can be found. */
export type IndexFunctions<T> = { readonly [index: string]: (item: T) => readonly string[] };

/** Keeps all indexes of a store; every item that was put in is taken out with the same content. */
export class IndexSet<T> {
  readonly #functions: IndexFunctions<T>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(functions: IndexFunctions<T>) {
    this.#functions = functions;
    for (const name of Object.keys(functions)) this.#indexes.set(name, new Map());
  }

  /** The keys under a value; an index that does not exist is a mistake of the caller. */
  keys(name: string, value: string): ReadonlySet<string> {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`there is no index "${name}"`);
    return index.get(value) ?? new Set();
  }

  add(key: string, item: T): void {
    for (const [name, values] of this.#valuesOf(item)) {
      const index = this.#indexes.get(name);
      for (const value of values) {
        const keys = index?.get(value);
        if (keys === undefined) index?.set(value, new Set([key]));
        else keys.add(key);
      }
    }
  }

  remove(key: string, item: T): void {
    for (const [name, values] of this.#valuesOf(item)) {
      const index = this.#indexes.get(name);
      for (const value of values) {
        const keys = index?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index?.delete(value);
      }
    }
  }

  #valuesOf(item: T): readonly (readonly [string, readonly string[]])[] {
    return Object.entries(this.#functions).map(([name, values]) => [name, values(item)]);
  }
}
