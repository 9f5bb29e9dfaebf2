/** The few ASN.1 values that a certificate is made of, in distinguished encoding (ITU-T X.690). */

/** A tag, the length of the content, the content. */
function value(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

/** SEQUENCE of values. */
export const sequence = (...items: readonly Buffer[]): Buffer => value(0x30, Buffer.concat(items));

/** SET of values. */
export const set = (...items: readonly Buffer[]): Buffer => value(0x31, Buffer.concat(items));

/** BOOLEAN. */
export const boolean = (yes: boolean): Buffer => value(0x01, Buffer.from([yes ? 0xff : 0]));

/** INTEGER, not negative, from its big-endian bytes. */
export const unsigned = (bytes: Buffer): Buffer =>
  value(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** OCTET STRING. */
export const octets = (content: Buffer): Buffer => value(0x04, content);

/** BIT STRING; `unused` bits at the end of the last byte do not count. */
export const bits = (content: Buffer, unused = 0): Buffer =>
  value(0x03, Buffer.concat([Buffer.from([unused]), content]));

/** UTF8String. */
export const utf8 = (text: string): Buffer => value(0x0c, Buffer.from(text));

/** UTCTime, to the second; for years before 2050 (RFC 5280, 4.1.2.5). */
export const utcTime = (time: Date): Buffer =>
  value(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));

/** A context-specific tag around other values. */
export const explicit = (tag: number, content: Buffer): Buffer => value(0xa0 | tag, content);

/** A context-specific tag in place of the value's own. */
export const implicit = (tag: number, content: Buffer): Buffer => value(0x80 | tag, content);

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const groups = [first * 40 + second, ...rest].map((part) => {
    const septets = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift(0x80 | (left & 0x7f));
    return septets;
  });
  return value(0x06, Buffer.from(groups.flat()));
}
