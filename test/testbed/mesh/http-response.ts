/** Reading an HTTP/1.1 answer off a connection (RFC 9112 §6), without changing anything in it. */
import type { HeaderLine } from './wire.ts';

/** An answer that has come in whole. */
export type ParsedResponse = {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
};

type Head = { readonly status: number; readonly headers: readonly HeaderLine[]; readonly length: number };

function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = lines.map((line): HeaderLine => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(' ')[1]), headers, length: end + 4 };
}

function valueOf(headers: readonly HeaderLine[], name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

/** The bytes of a chunked body, or undefined while the last chunk is not there. */
function dechunk(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (size === 0) return bytes.indexOf('\r\n', start) < 0 ? undefined : Buffer.concat(chunks);
    if (bytes.length < start + size + 2) return undefined;
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

function bodyOf(head: Head, rest: Buffer, isHead: boolean, isEnded: boolean): Buffer | undefined {
  if (isHead || head.status === 204 || head.status === 304) return Buffer.alloc(0);
  if (valueOf(head.headers, 'transfer-encoding')?.toLowerCase().includes('chunked') === true) return dechunk(rest);
  const length = valueOf(head.headers, 'content-length');
  if (length === undefined) return isEnded ? rest : undefined;
  return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length));
}

/** The answer in these bytes, interim ones (1xx but 101) left out; undefined while it is not whole. `isEnded`: the other side has closed. */
export function parseResponse(bytes: Buffer, isHead: boolean, isEnded: boolean): ParsedResponse | undefined {
  const head = parseHead(bytes);
  if (head === undefined) return undefined;
  const rest = bytes.subarray(head.length);
  if (head.status === 101) return { status: 101, headers: head.headers, body: '' };
  if (head.status < 200) return parseResponse(rest, isHead, isEnded);
  const body = bodyOf(head, rest, isHead, isEnded);
  return body === undefined ? undefined : { status: head.status, headers: head.headers, body: body.toString('utf8') };
}
