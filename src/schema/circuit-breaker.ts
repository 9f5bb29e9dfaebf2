/** How much may be under way to the pods of an app. */
import { z } from 'zod';
import { about } from './describe.ts';
import type { Immutable } from './immutable.ts';
import { wholeNumber } from './text.ts';

const mostOfInt32 = 2_147_483_647;
const pool = 'DestinationRule.spec.trafficPolicy.connectionPool';

const limit = (what: string, field: string) =>
  wholeNumber(1, mostOfInt32)
    .meta(about(what, { absent: 'no limit', becomes: `${pool}.${field}` }))
    .exactOptional();

/** Limits. */
export const circuitBreaker = z.strictObject({
  maxConnections: limit('Most open connections; over HTTP/1.1 further requests wait.', 'tcp.maxConnections'),
  maxPending: limit('Most requests that wait for a connection.', 'http.http1MaxPendingRequests'),
  maxRequests: limit('Most requests under way, over HTTP/1.1 and HTTP/2 alike.', 'http.http2MaxRequests'),
  maxRetries: limit('Most repeated tries under way; a failure beyond is not tried again.', 'http.maxRetries'),
});

/** Limits as written. */
export type CircuitBreaker = Immutable<z.output<typeof circuitBreaker>>;
