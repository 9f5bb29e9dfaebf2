/** The request of a case: what is asked, and who asks. */
import { z } from 'zod';
import type { HttpRequest } from '../../decide/request.ts';
import { about } from '../../schema/describe.ts';
import { withChecks } from '../../schema/rule.ts';
import { text, wholeNumber } from '../../schema/text.ts';
import { readCaller } from '../question/read-caller.ts';
import { readClientIp } from '../question/read-circumstances.ts';
import { headerNameForm, headerValueForm, readMethod } from '../question/read-header.ts';
import { readUrl } from '../question/read-url.ts';
import { mostBodyBytes, readRequest } from '../question/read-request.ts';
import type { Reading } from '../question/reading.ts';

/** Headers that say how a message is framed or whom it is for: the client's program sets them, not the case. */
const framing: ReadonlyMap<string, string> = new Map([
  ['host', 'write the host into url'],
  ['content-length', 'leave it out: bodyBytes says how large the body is'],
  ['transfer-encoding', 'leave it out: bodyBytes says how large the body is'],
]);

const header = withChecks(
  z.strictObject({
    name: text(headerNameForm).meta(about('Name of the header; upper and lower case are the same.')),
    value: text(headerValueForm).meta(about('Value of the header.')),
  }),
  [...framing].map(([name, fix]) => ({
    message: `${name} is no header of a case`,
    fix,
    faults: (given: { readonly name: string }) => (given.name.toLowerCase() === name ? [['name']] : []),
  })),
);

/** A text that a reader of the command line takes, with what the reader says against it. `pattern` is for editors alone. */
function readBy(read: (text: string) => Reading<unknown>, pattern: string): z.ZodString {
  return z
    .string()
    .max(8192)
    .check((payload) => {
      const reading = read(payload.value);
      if (reading.ok) return;
      const { message, fix } = reading;
      payload.issues.push({ code: 'custom', message, params: { fix }, input: payload.value, continue: true });
    })
    .meta({ pattern });
}

/** One request. */
export const requestFields = z.strictObject({
  method: readBy(readMethod, '^[^ ]+$')
    .meta(about('Method of the request. HEAD is not GET.', { absent: 'GET' }))
    .exactOptional(),
  url: readBy(readUrl, '^[A-Za-z]+://[!-~]+$').meta(
    about(
      'URL of the request: scheme, host, path and query. The path is taken byte for byte, nothing in it is cleaned up.',
    ),
  ),
  headers: z
    .array(header)
    .max(256)
    .meta(about('Headers in the order in which they are sent. A name may come several times.', { absent: 'none' }))
    .exactOptional(),
  bodyBytes: wholeNumber(0, mostBodyBytes)
    .meta(about('Size of the body in bytes; with --live so many zero bytes are sent.', { absent: 'there is none' }))
    .exactOptional(),
  clientCertificate: z
    .enum(['Trusted', 'Other'])
    .meta(
      about(
        "What the client shows where https asks for it: a certificate of the app's clientCA (with --live that of --cert and --key), or of another authority (not judged with --live).",
        { absent: 'no certificate' },
      ),
    )
    .exactOptional(),
  clientIp: readBy(readClientIp, '^[0-9a-fA-F.:]+$')
    .meta(
      about(
        'Address that connects to the gateway; with --live it is that of this machine, and such a case is not judged.',
        {
          absent: 'it is not known, and in none of allowCIDRs and denyCIDRs',
        },
      ),
    )
    .exactOptional(),
  claims: z
    .record(z.string().max(128), z.unknown())
    .meta(
      about(
        'Claims of a valid token that the request shows; with --live nobody could sign it, and such a case is not judged.',
        {
          absent:
            'those of the token in the header authorization, which is taken to be signed well; else there is no token',
        },
      ),
    )
    .exactOptional(),
  from: readBy(readCaller, '^(internet|[^/]+/[^/]+)$')
    .meta(about('Who asks: a workload in the mesh by its ServiceAccount, or internet.', { absent: 'internet' }))
    .exactOptional(),
});

/** The request of a case, as written. */
export type RequestFields = z.output<typeof requestFields>;

/** The request that the fields mean. Throws for fields that the schema does not accept. */
export function httpRequest(fields: RequestFields): HttpRequest {
  const { method = 'GET', url, headers = [], bodyBytes, clientIp, claims } = fields;
  const clientCertificate = fields.clientCertificate?.toLowerCase();
  const lines = headers.map(({ name, value }) => `${name}: ${value}`);
  const reading = readRequest({ method, url, headers: lines, clientCertificate, bodyBytes: bodyBytes?.toString() });
  if (reading.ok) {
    return {
      ...reading.value,
      ...(clientIp === undefined ? {} : { clientIp }),
      ...(claims === undefined ? {} : { token: { is: 'valid', claims } }),
    };
  }
  throw new Error(
    `the schema accepted what cannot be read: ${reading.mistakes.map(({ message }) => message).join(', ')}`,
  );
}
