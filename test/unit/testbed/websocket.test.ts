import { acceptOf, frameOf, unframed } from '../../testbed/mesh/websocket.ts';

describe('a frame of text', () => {
  it.each(['', 'a', 'hello', 'x'.repeat(125), 'x'.repeat(126), '\u{1F550}'.repeat(400)])(
    'is read as it was written',
    (message) => {
      for (const from of ['client', 'server'] as const) {
        const bytes = Buffer.concat([frameOf(message, from), frameOf('next', from)]);
        const { message: first, rest } = unframed(bytes) ?? { rest: Buffer.alloc(0) };
        expect([first, unframed(rest)?.message]).toEqual([message, 'next']);
      }
    },
  );

  it('is waited for until it is whole', () => {
    const bytes = frameOf('hello', 'client');
    const parts = Array.from({ length: bytes.length }, (_, end) => unframed(bytes.subarray(0, end)));
    expect(parts.filter((one) => one !== undefined)).toEqual([]);
  });

  it('is unmasked (RFC 6455 §5.7)', () => {
    expect(unframed(Buffer.from('818537fa213d7f9f4d5158', 'hex'))?.message).toBe('Hello');
  });

  it('is not taken for another kind of frame', () => {
    expect(() => unframed(Buffer.from('8800', 'hex'))).toThrow('no frame of text: 8800');
  });
});

it('a handshake is accepted with the key that the client sent (RFC 6455 §1.3)', () => {
  expect(acceptOf('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});
