/** The part of the websocket protocol (RFC 6455) that an echo needs: the handshake, and text in single frames. */
import { createHash } from 'node:crypto';

const text = 0x81;
const isMasked = 0x80;
/** Says that two more bytes hold the length. */
const extended = 126;

/** What the server answers in Sec-WebSocket-Accept to a Sec-WebSocket-Key (§4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** A text as one frame (§5.2), below 64 KiB; clients mask theirs, here with zeros, which change nothing. */
export function frameOf(message: string, from: 'client' | 'server'): Buffer {
  const bytes = Buffer.from(message, 'utf8');
  if (bytes.length >= 65_536) throw new Error(`a message of ${bytes.length} bytes needs another frame`);
  const mark = from === 'client' ? isMasked : 0;
  const head =
    bytes.length < extended
      ? [text, mark | bytes.length]
      : [text, mark | extended, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(from === 'client' ? 4 : 0), bytes]);
}

/** The first text in these bytes and what stands behind it; undefined while it is not whole. Throws on any other frame. */
export function unframed(bytes: Buffer): { readonly message: string; readonly rest: Buffer } | undefined {
  const [kind, second = 0] = bytes;
  if (kind !== undefined && kind !== text) throw new Error(`no frame of text: ${bytes.toString('hex', 0, 8)}`);
  const short = second & 127;
  if (bytes.length < (short === extended ? 4 : 2)) return undefined;
  const length = short === extended ? bytes.readUInt16BE(2) : short;
  const maskAt = short === extended ? 4 : 2;
  const start = maskAt + (second & isMasked ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(maskAt, start);
  const message = Buffer.from(bytes.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return { message: message.toString('utf8'), rest: bytes.subarray(start + length) };
}
