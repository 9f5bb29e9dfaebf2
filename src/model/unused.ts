/** Parts of a spec that say where requests go, and that nothing refers to. */
import type { At } from './located.ts';

/** A backend that no route, split, mirror or listener names; or the app's own split, where every route says something else. */
export type Unused =
  { readonly what: 'Backend'; readonly name: string; readonly at: At } | { readonly what: 'Split'; readonly at: At };
