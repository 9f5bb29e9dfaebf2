/** Another try soon: why, and when the server wants it. */
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { ErrorClass } from '../runtime/error-class.ts';

/** `reason`: of which kind the fault is that is to pass. */
export type Retry = { readonly reason: ErrorClass; readonly afterMs?: number };

/** Of several reasons the one that is told: the first here lasts longest. */
const gravest: readonly ErrorClass[] = [
  'fenced',
  'forbidden',
  'kindMissing',
  'retryAfter',
  'retry',
  'conflict',
  'gone',
];

/** The one retry that all of these come to, none without any; the longest wait that the server named counts. */
export function joinRetries(retries: readonly Retry[]): Retry | undefined {
  const reason = gravest.find((one) => retries.some((retry) => retry.reason === one));
  if (reason === undefined) return undefined;
  const waits = retries.flatMap(({ afterMs }) => afterMs ?? []);
  return { reason, ...(waits.length === 0 ? {} : { afterMs: Math.max(...waits) }) };
}

/** The children that are tried again, and why, for the log. */
export function unwrittenText(children: readonly ChildOutcome[]): string {
  const unwritten = children.filter(({ state }) => state !== 'InSync' && state !== 'Draining');
  return (
    unwritten.map(({ key, state, message = state }) => `${key.kind} ${key.name}: ${message}`).join('; ') ||
    'not everything is written'
  );
}
