/** What a client saw of one request. */

/** What the pod that answered saw. */
export type Seen = {
  /** `namespace/name`. */
  readonly pod: string;
  /** The container port. */
  readonly port: number;
  /** With the query. */
  readonly path: string;
  /** By lower-case name; the values of a repeated one joined as HTTP joins them. */
  readonly headers: Readonly<Record<string, string>>;
};

/** An answer, or none: the connection was refused, reset or closed. */
export type Observed =
  | {
      readonly is: 'answer';
      readonly status: number;
      readonly location?: string;
      /** By lower-case name; the values of a repeated one joined. */
      readonly responseHeaders?: Readonly<Record<string, string>>;
      /** Of a proxy's answer. */
      readonly body?: string;
      /** Absent: a proxy answered. */
      readonly seen?: Seen;
      /** How often a pod got the request. */
      readonly tries: number;
    }
  | { readonly is: 'none'; readonly why: string };
