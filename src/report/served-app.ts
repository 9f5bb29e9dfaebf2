/** What report reads of compile's outcome; `Compiled` has this shape. */
import type { Held } from '../model/traffic.ts';
import type { Problem } from '../model/problem.ts';

/** One app as compile left it. */
export type ServedApp = {
  /** False: the object is refused whole. */
  readonly accepted: boolean;
  /** Nothing is written: the app is paused, or only to be told of. */
  readonly held?: Held;
  readonly problems: readonly Problem[];
  readonly hosts: readonly { readonly host: string; readonly state: 'Granted' | 'Conflicted' | 'NotPermitted' }[];
  /** Who `internal.allow` admits; absent without `allow`. */
  readonly callers?: readonly string[];
  /** What `internal.calls` lets the app's pods call; absent without `calls`. */
  readonly calls?: readonly string[];
  /** What is asked of it as a client outside would; without `url` there is nobody to ask. */
  readonly probe?: { readonly url?: string; readonly expect: number };
  readonly summary: {
    readonly url?: string;
    readonly split: string;
    readonly provider: string;
    readonly mtls: string;
    readonly text: string;
  };
};
