/** The one table that says what an ApiError means for the caller; nobody else looks at a status code or a reason. */
import type { ApiError } from './api-error.ts';
import type { ErrorClass } from './error-class.ts';
import type { Verb } from './observer.ts';

/** Classifies the answer to a request of `verb` (for the reasons: apimachinery pkg/apis/meta/v1/types.go, StatusReason). */
export function classify(verb: Verb, error: ApiError): ErrorClass {
  if (error.reason === 'Fenced') return 'fenced';
  const byStatus = classOfStatus[error.status];
  if (byStatus !== undefined) return typeof byStatus === 'string' ? byStatus : byStatus(error, verb);
  if (error.status >= 400 && error.status < 500) return 'rejected';
  return waiting(error);
}

const reads = (verb: Verb): boolean => verb === 'list' || verb === 'watch';
const waiting = (error: ApiError): ErrorClass => (error.retryAfterMs === undefined ? 'retry' : 'retryAfter');
const hasCause = (error: ApiError, reason: string): boolean => error.causes.some((cause) => cause.reason === reason);

/**
 * What is not listed: other 4xx are `rejected`, everything else (5xx, redirects, no answer at all) is tried again. That
 * includes server-side apply of a field that the schema does not declare: kube-apiserver 1.36 answers 500 without a
 * reason, as it does for passing trouble with etcd.
 */
const classOfStatus: { readonly [status: number]: ErrorClass | ((error: ApiError, verb: Verb) => ErrorClass) } = {
  401: 'forbidden',
  403: (error) => (hasCause(error, 'NamespaceTerminating') ? 'namespaceTerminating' : 'forbidden'),
  // A missing object is named in the answer; a missing kind is not, and lists and watches ask for no object.
  404: (error, verb) => (reads(verb) || error.objectName === '' ? 'kindMissing' : 'gone'),
  // A kind whose definition is being deleted: it takes no writes any more.
  405: (_, verb) => (reads(verb) || verb === 'get' ? 'rejected' : 'kindMissing'),
  408: waiting,
  409: 'conflict',
  410: 'gone',
  425: waiting,
  429: waiting,
  // After a restore of etcd the resourceVersion we know lies in the future; only a fresh list helps.
  504: (error, verb) => (reads(verb) && hasCause(error, 'ResourceVersionTooLarge') ? 'gone' : waiting(error)),
};
