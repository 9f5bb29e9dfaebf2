/** What report reads of compile's outcome; `Compiled` has this shape. */
import type { Problem } from '../model/problem.ts';

/** One app as compile left it. */
export type ServedApp = {
  /** False: the object is refused whole. */
  readonly accepted: boolean;
  readonly paused: boolean;
  readonly problems: readonly Problem[];
  readonly hosts: readonly { readonly host: string; readonly state: 'Granted' | 'Conflicted' | 'NotPermitted' }[];
  /** Who `internal.allow` admits; absent without `allow`. */
  readonly callers?: readonly string[];
  readonly summary: {
    readonly url?: string;
    readonly split: string;
    readonly provider: string;
    readonly mtls: string;
    readonly text: string;
  };
};
