/** Readings: what came of a text that a user typed. */

/** What is wrong with a text, as a sentence without a full stop, and what to write instead. */
export type Mistake = { readonly message: string; readonly fix: string };

/** The value of a text, or what is wrong with it. */
export type Reading<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Mistake);

/** A reading that went well. */
export function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

/** A reading that did not. */
export function bad(message: string, fix: string): Reading<never> {
  return { ok: false, message, fix };
}
