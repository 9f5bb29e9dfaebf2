/** What the answer to a request that failed means for whoever sent it. */

/**
 * What to do:
 * - `retry`: the same again, with backoff
 * - `retryAfter`: the same again, not before `retryAfterMs`
 * - `conflict`: somebody else has or changed the object; read it live
 * - `gone`: the object, or the resourceVersion that was asked for, is no longer there
 * - `kindMissing`: the server does not serve this kind (now)
 * - `forbidden`: RBAC or admission refuses us; slow retries, and say so
 * - `namespaceTerminating`: nothing can be created there any more
 * - `rejected`: the request itself is wrong; trying again cannot help
 * - `fenced`: we may no longer be the leader; stop
 */
export type ErrorClass =
  | 'retry'
  | 'retryAfter'
  | 'conflict'
  | 'gone'
  | 'kindMissing'
  | 'forbidden'
  | 'namespaceTerminating'
  | 'rejected'
  | 'fenced';
