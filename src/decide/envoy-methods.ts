/** Methods that Envoy does not route: its HTTP/1.1 parser has a fixed list, and CONNECT needs a route of its own kind. */

/** What Envoy 1.40 answers by itself; seen with all that IANA lists (hack/decisions/0010). */
export type MethodAnswer = {
  readonly outcome: 'notFound' | 'respond';
  readonly status: 400 | 404;
  readonly why: string;
};

const webDav = 'ACL BIND CHECKOUT COPY LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE PROPFIND PROPPATCH REBIND REPORT';
const others = 'LINK MSEARCH NOTIFY PURGE SEARCH SOURCE SUBSCRIBE UNBIND UNLINK UNLOCK UNSUBSCRIBE';
const known: ReadonlySet<string> = new Set([
  ...'GET HEAD POST PUT PATCH DELETE OPTIONS TRACE'.split(' '),
  ...webDav.split(' '),
  ...others.split(' '),
]);

/** What a request gets for its method alone, before any route; undefined: routes decide. */
export function answerToMethod(method: string): MethodAnswer | undefined {
  if (known.has(method)) return undefined;
  // As clients send it, with a host and port in the place of the path.
  if (method === 'CONNECT') {
    return { outcome: 'notFound', status: 404, why: 'CONNECT asks for a tunnel, and no route opens one' };
  }
  return { outcome: 'respond', status: 400, why: `Envoy does not take the method ${method} over HTTP/1.1` };
}
