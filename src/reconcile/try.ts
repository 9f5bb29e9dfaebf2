/** One try at an app, and whether its failure is worth telling. */
import type { Retry } from './retry.ts';

/** One try: how often it failed in a row before, and when to begin no more writes. */
export type Try = { readonly failures: number; readonly signal: AbortSignal };

/** How many failures in a row of a passing kind are not told; the third try comes some 30 ms after the first. */
const hiccups = 2;

/** A fault that the next try mends in a moment is not worth a status that says NotReady and takes it back. */
export function isHiccup(retry: Retry | undefined, { failures }: Try): boolean {
  return retry !== undefined && failures < hiccups;
}
