/** Asks a gateway for the answers to one case: once, or as often as weights need. */
import type { HttpRequest } from '../../decide/request.ts';
import { textAt } from '../../kube/json.ts';
import type { Answer } from './answer.ts';
import { sendRequest } from './send-request.ts';
import type { Line } from './send-request.ts';

/** What bounds the answers to one case. Times in milliseconds. */
export type Bounds = {
  /** Number of answers wanted. */
  readonly samples: number;
  /** Number of requests under way at the same time. */
  readonly atOnce: number;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  /** Longest time for all of them. */
  readonly caseTimeoutMs: number;
};

/** The answers, in the order in which they came; `failure`: why there are not as many as wanted. */
export type Asked = {
  readonly answers: readonly Answer[];
  readonly failure?: string;
  /** The failure is that the other side was reached, and ended the connection. */
  readonly isClosed?: true;
};

/** Sends the request as often as wanted. The first that gets no answer ends it. */
export async function askGateway(line: Line, request: HttpRequest, bounds: Bounds): Promise<Asked> {
  const { samples, atOnce, timeoutMs, caseTimeoutMs } = bounds;
  const answers: Answer[] = [];
  const failures: Omit<Asked, 'answers'>[] = [];
  const stop = new AbortController();
  const wholeTime = AbortSignal.timeout(caseTimeoutMs);
  let begun = 0;
  const askOn = async (): Promise<void> => {
    while (begun < samples && failures.length === 0) {
      begun += 1;
      const ownTime = AbortSignal.timeout(timeoutMs);
      try {
        answers.push(await sendRequest(line, request, AbortSignal.any([stop.signal, wholeTime, ownTime])));
      } catch (error) {
        const failure = reasonOf(error, line, { ...bounds, isOver: wholeTime.aborted, isLate: ownTime.aborted });
        failures.push({ failure, ...(isClosed(error) ? { isClosed: true } : {}) });
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, samples) }, askOn));
  return { answers, ...failures[0] };
}

/** A reset, or one of the alerts with which TLS refuses (Node names them after OpenSSL's). */
function isClosed(error: unknown): boolean {
  const code = textAt(error, 'code') ?? '';
  return ['ECONNRESET', 'EPIPE', 'EPROTO'].includes(code) || /^ERR_SSL_.*ALERT/.test(code);
}

const codeTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
};

function reasonOf(
  error: unknown,
  { address: { scheme, host, port } }: Line,
  { timeoutMs, caseTimeoutMs, isOver, isLate }: Bounds & { readonly isOver: boolean; readonly isLate: boolean },
): string {
  if (isOver) return `not enough answers within ${caseTimeoutMs} ms`;
  if (isLate) return `no answer within ${timeoutMs} ms`;
  const text = textAt(error, 'message') ?? String(error);
  const place = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `no answer from ${place}: ${codeTexts[textAt(error, 'code') ?? ''] ?? text}`;
}
