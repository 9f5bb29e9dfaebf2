/** What a refused write means for a child. */
import type { ChildState } from '../kube/child-outcome.ts';
import type { ChildKind } from '../kube/gvk.ts';
import type { Change } from '../plan/change.ts';
import { ApiError } from '../runtime/api-error.ts';
import { classify } from '../runtime/classify.ts';
import type { ErrorClass } from '../runtime/error-class.ts';
import type { Retry } from './retry.ts';

/** The state of the child. `abort`: nothing more may be written in this pass. */
export type ChangeFault = {
  readonly state: ChildState;
  readonly message: string;
  /** Where another try soon can help. */
  readonly retry?: Retry;
  readonly abort: boolean;
};

type Meaning = { readonly state: ChildState; readonly retry: boolean; readonly abort: boolean };

const meaningOf: Readonly<Record<ErrorClass, Meaning>> = {
  retry: { state: 'Retrying', retry: true, abort: false },
  retryAfter: { state: 'Retrying', retry: true, abort: false },
  conflict: { state: 'Retrying', retry: true, abort: false },
  gone: { state: 'Retrying', retry: true, abort: false },
  kindMissing: { state: 'KindUnavailable', retry: true, abort: false },
  forbidden: { state: 'Forbidden', retry: true, abort: false },
  namespaceTerminating: { state: 'Pending', retry: false, abort: true },
  rejected: { state: 'Rejected', retry: false, abort: false },
  fenced: { state: 'Retrying', retry: true, abort: true },
};

/** Judges what a write threw. Anything but an ApiError is a defect of ours and is thrown on. */
export function changeFault(change: Change, error: unknown): ChangeFault {
  if (!(error instanceof ApiError)) throw error;
  return faultOf({ verb: change.op === 'delete' ? 'delete' : 'patch', kind: change.key.kind }, error);
}

/** A request about a child, or about the AppTraffic itself. */
export type ChildRequest = {
  readonly verb: 'get' | 'patch' | 'delete';
  readonly kind: ChildKind | 'AppTraffic';
};

/** What the answer to a request about a child means for the child. */
export function faultOf({ verb, kind }: ChildRequest, error: ApiError): ChangeFault {
  const answer = classify(verb, error);
  const found = answer === 'rejected' && movedOn(error) ? 'conflict' : answer;
  const { state, retry, abort } = meaningOf[found];
  const { retryAfterMs: afterMs } = error;
  return {
    state,
    abort,
    ...(retry ? { retry: { reason: found, ...(afterMs === undefined ? {} : { afterMs }) } } : {}),
    // In the words of plan, which knows it from discovery: the answer is a bare 404 page.
    message: found === 'kindMissing' ? `the cluster does not serve ${kind}` : error.message,
  };
}

/** Whether the object is another one by now: a uid that does not match an apply is answered with 422 (measured on 1.36). */
function movedOn(error: ApiError): boolean {
  return error.causes.some(({ field }) => field === 'metadata.uid');
}
