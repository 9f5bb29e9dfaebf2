import { parseResponse } from '../../testbed/mesh/http-response.ts';

const parse = (text: string, { isHead = false, isEnded = false } = {}) =>
  parseResponse(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'), isHead, isEnded);

describe('an answer off the wire', () => {
  it('keeps headers as they came: case, repeats and order', () => {
    expect(parse('HTTP/1.1 200 OK\nSet-Cookie: a=1\nset-cookie: b=2; x=:y\ncontent-length: 2\n\nhi')).toEqual({
      status: 200,
      headers: [
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2; x=:y'],
        ['content-length', '2'],
      ],
      body: 'hi',
    });
  });

  it.each([
    ['its head', 'HTTP/1.1 200 OK\ncontent-length: 2\n'],
    ['its length', 'HTTP/1.1 200 OK\ncontent-length: 3\n\nhi'],
    ['a chunk', 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n5\nhel'],
    ['the last chunk', 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nhi\n'],
    ['the end that closes it', 'HTTP/1.1 200 OK\n\nhi'],
  ])('is not there before %s is', (_what, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('is put together from chunks', () => {
    const text = 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;x=y\nhel\n2\nlo\n0\n\n';
    expect(parse(text)?.body).toBe('hello');
  });

  it('ends with the connection when nothing else says where', () => {
    expect(parse('HTTP/1.1 200 OK\n\nhi', { isEnded: true })?.body).toBe('hi');
  });

  it('has no body after HEAD, nor with 204 or 304', () => {
    expect(parse('HTTP/1.1 200 OK\ncontent-length: 9\n\n', { isHead: true })?.body).toBe('');
    expect(parse('HTTP/1.1 204 No Content\n\n')?.body).toBe('');
    expect(parse('HTTP/1.1 304 Not Modified\ncontent-length: 9\n\n')?.body).toBe('');
  });

  it('comes after interim answers, but 101 is one', () => {
    const interim = 'HTTP/1.1 100 Continue\n\n';
    expect(parse(`${interim}HTTP/1.1 201 Created\ncontent-length: 0\n\n`)?.status).toBe(201);
    expect(parse('HTTP/1.1 101 Switching Protocols\nupgrade: websocket\n\n')?.status).toBe(101);
  });
});
