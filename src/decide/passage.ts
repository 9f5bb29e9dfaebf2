/** Passages: a request on its way to what a route does with it, and what comes of it. */
import type { EntryPolicy } from '../model/entry-policy.ts';
import type { Identity } from '../model/identity.ts';
import type { ServedModel } from '../model/profile.ts';
import type { Decision, LimitedTo } from './decision.ts';
import type { Question } from './question.ts';

/** What a decision says beside what became of the routes. */
export type Deed = Omit<Decision, 'candidates'>;

/** A request on its way to a route of `own`. */
export type Passage = {
  readonly own: ServedModel;
  readonly question: Question;
  /** The identity under which the pods are called. */
  readonly caller: Identity | undefined;
  /** The path as it is compared, and as a redirect or a backend gets it where no prefix is replaced. */
  readonly path: { readonly compared: string; readonly forwarded: string };
  /** Writes a path of which the prefix was replaced as it is sent on. */
  readonly sent: (path: string) => string;
  readonly isMarked: boolean;
  /** What requests must meet at the pods that come there through the routes of `own` at a gateway; absent: nothing. */
  readonly entry?: { readonly policy: EntryPolicy; readonly client: string | undefined; readonly tellsClient: boolean };
  /** The largest body, in bytes, that the pods take from there; absent: they take any. */
  readonly bodyLimit?: number;
  /** How many requests the pods take from there; absent: as many as come. */
  readonly rateLimit?: LimitedTo;
};
