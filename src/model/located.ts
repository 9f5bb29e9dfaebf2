/** A value and where the user wrote it. */

/** Where a value stands in the user's object, e.g. `spec.external.routes[2].to`; opaque here, the CLI maps it to file:line. */
export type At = string;

/** A value that a problem can name. */
export type Located<T> = { readonly value: T; readonly at: At };
