import { printable } from '../../../../src/cli/printable.ts';
import { observe } from '../../../../src/cli/route-test/answer.ts';
import type { Answer } from '../../../../src/cli/route-test/answer.ts';

function answer(over: Partial<Answer>): Answer {
  return { status: 200, headers: [], body: '', ...over };
}

describe('an answer', () => {
  const echo = {
    pod: { version: 'v2' },
    request: { url: '/v1/cart?id=7', host: 'shop.example.com', headers: { 'X-Beta': '1', via: ['a', 'b'], 'x~/y': 1 } },
  };

  it('tells by header or by JSON Pointer what the document says', () => {
    const body = JSON.stringify(echo);
    const seen = observe(
      answer({ status: 302, headers: [{ name: 'Location', value: 'https://x.example.com/' }], body }),
      {
        backend: { json: '/pod/version', values: { v2: 'canary' } },
        path: { json: '/request/url' },
        host: { json: '/request/host' },
        requestHeaders: { json: '/request/headers' },
      },
    );
    expect(seen).toEqual({
      status: 302,
      location: 'https://x.example.com/',
      backend: 'canary',
      path: '/v1/cart',
      host: 'shop.example.com',
      requestHeaders: new Map([
        ['x-beta', ['1']],
        ['via', ['a', 'b']],
        ['x~/y', ['1']],
      ]),
    });
    const withHeader = answer({ headers: [{ name: 'X-Backend', value: 'stable' }] });
    expect(observe(withHeader, { backend: { header: 'x-backend' } })).toEqual({ status: 200, backend: 'stable' });
    expect(observe(answer({ body }), { path: { json: '/request/headers/x~0~1y' } })).toEqual({
      status: 200,
      path: '1',
    });
    expect(observe(answer({ body }), { path: { json: '/request/headers/via/1' } })).toEqual({ status: 200, path: 'b' });
  });

  it('tells headers as a list of pairs too', () => {
    const body = JSON.stringify({ headers: [['Host', 'a'], ['X-Beta', '1'], ['x-beta', '2'], 'odd', [1, 2]] });
    expect(observe(answer({ body }), { requestHeaders: { json: '/headers' } }).requestHeaders).toEqual(
      new Map([
        ['host', ['a']],
        ['x-beta', ['1', '2']],
      ]),
    );
  });

  it('of a value that stands for no backend names none that anybody expects', () => {
    const live = { backend: { header: 'version', values: { v1: 'stable' } } };
    expect(observe(answer({ headers: [{ name: 'version', value: 'v9' }] }), live).backend).toBe('unknown v9');
    expect(observe(answer({ headers: [{ name: 'version', value: 'toString' }] }), live).backend).toBe(
      'unknown toString',
    );
  });

  it('tells nothing where it is not JSON, or holds something else in that place', () => {
    const live = { backend: { json: '/a/b' }, requestHeaders: { json: '/a' } };
    for (const body of ['', '<html>', '{"a":null}', '[]', '{"a":"b"}']) {
      expect(observe(answer({ body }), live)).toEqual({ status: 200 });
    }
    expect(observe(answer({ body: '{"a":{"b":{}}}' }), live)).toEqual({
      status: 200,
      requestHeaders: new Map([['b', []]]),
    });
  });

  it('is shown without what a terminal would obey', () => {
    expect(printable('a\u001B[31m\u202Eb\n\uD800')).toBe('a\\u{1b}[31m\\u{202e}b\\u{a}\uFFFD');
    const red = answer({ body: JSON.stringify({ backend: '\u001B[31mred' }) });
    expect(observe(red, { backend: { json: '/backend' } }).backend).toBe('\\u{1b}[31mred');
  });
});
