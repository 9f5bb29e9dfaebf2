/** What one line of a watch says. */
import type { ApiError } from './api-error.ts';
import type { KubeObject } from './resource.ts';

/** A change, a bookmark (`initialEnd`: the initial events of a streamed list are complete), or the server's complaint. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEnd: boolean }
  | { readonly type: 'ERROR'; readonly error: ApiError };
