/** An inverted index: which keys carry which tokens; kept up to date by replacing a key's tokens as a whole. */

/** Keys by token. */
export class TokenIndex {
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #tokensOf = new Map<string, readonly string[]>();

  /** Replaces the tokens of a key; none removes the key. */
  set(key: string, tokens: readonly string[]): void {
    for (const token of this.#tokensOf.get(key) ?? []) this.#remove(token, key);
    if (tokens.length === 0) {
      this.#tokensOf.delete(key);
      return;
    }
    this.#tokensOf.set(key, tokens);
    for (const token of tokens) {
      const keys = this.#keysOf.get(token) ?? new Set<string>();
      keys.add(key);
      this.#keysOf.set(token, keys);
    }
  }

  /** The keys that carry at least one of the tokens, sorted. */
  find(tokens: readonly string[]): readonly string[] {
    const found = new Set<string>();
    for (const token of tokens) for (const key of this.#keysOf.get(token) ?? []) found.add(key);
    return [...found].sort();
  }

  #remove(token: string, key: string): void {
    const keys = this.#keysOf.get(token);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(token);
  }
}
