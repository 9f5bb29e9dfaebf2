/** Headers of which Envoy makes one value of several lines before it compares them; seen on Envoy 1.40. */

const joined: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-type',
  'grpc-accept-encoding',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-forwarded-host',
  'x-forwarded-port',
]);

/** Whether the lines of a repeated header of that name, in lower case, are compared as one value with commas between. */
export function isJoined(name: string): boolean {
  return joined.has(name);
}
