/** Reads the answer of an exchange to its end: parsed JSON below 400, an ApiError otherwise. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';
import { errorOfAnswer, mutates } from './api-status.ts';
import type { Verb } from './observer.ts';
import type { ApiResponse } from './transport.ts';

/** The whole answer, and how many bytes its body had; `counted` hears them also when the answer is an error. */
export async function readAnswer(
  verb: Verb,
  response: IncomingMessage,
  counted: (bytes: number) => void,
): Promise<ApiResponse> {
  const body = await bodyOf(response);
  counted(body.length);
  const status = response.statusCode ?? 0;
  const text = body.toString('utf8');
  const { etag, 'retry-after': retryAfter } = response.headers;
  if (status !== 304 && (status < 200 || status > 299)) {
    throw errorOfAnswer({ verb, status, text, ...(retryAfter === undefined ? {} : { retryAfter }) });
  }
  return {
    status,
    body: text === '' ? undefined : parsed(verb, status, text),
    warnings: warningsOf(response),
    ...(etag === undefined ? {} : { etag }),
  };
}

/** Reads by events: an async iterator costs as much as all the rest of a small request. */
function bodyOf(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', reject);
    // Settled by then, unless the connection ended without an error in the middle of the body.
    response.on('close', () => reject(new Error('the answer ended early')));
  });
}

function parsed(verb: Verb, status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `the API server answered ${status} with ${text.length} characters that are not JSON`;
    throw new ApiError({ status, reason: 'InvalidResponse', message, outcomeUnknown: mutates(verb) }, { cause });
  }
}

/** Warning headers as the API server writes them: `299 - "text"`, joined with commas by node (RFC 7234, section 5.5). */
function warningsOf(response: IncomingMessage): readonly string[] {
  const texts: string[] = [];
  for (const [, text] of (response.headers.warning ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
    if (text !== undefined) texts.push(text.replace(/\\(.)/g, '$1'));
  }
  return texts;
}
