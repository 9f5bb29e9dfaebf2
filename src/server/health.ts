/** Probes in the form of the Kubernetes components: one line a check, 200 when all pass, 500 otherwise. */
import type { Page } from './http.ts';

/** One check: undefined when all is well, else what is wrong. */
export type Check = { readonly name: string; readonly fault: () => string | undefined };

/** A page that lists its checks, `[+]name ok` or `[-]name failed: why`. */
export function healthPage(checks: readonly Check[]): Page {
  return async () => {
    const results = checks.map(({ name, fault }) => ({ name, why: fault() }));
    const lines = results.map(({ name, why }) => (why === undefined ? `[+]${name} ok` : `[-]${name} failed: ${why}`));
    const failed = results.some(({ why }) => why !== undefined);
    return {
      status: failed ? 500 : 200,
      type: 'text/plain; charset=utf-8',
      body: [...lines, failed ? 'check failed' : 'check passed', ''].join('\n'),
    };
  };
}
