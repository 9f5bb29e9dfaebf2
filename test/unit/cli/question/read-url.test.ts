import * as fc from 'fast-check';
import { readUrl } from '../../../../src/cli/question/read-url.ts';

/** What a URL says, or the message and the fix. */
function readingOf(text: string): unknown {
  const read = readUrl(text);
  return read.ok ? read.value : `${read.message}. Fix: ${read.fix}`;
}

describe('a URL', () => {
  it('keeps path and query byte for byte, whatever they hold', () => {
    const characters = Array.from({ length: 0x7f - 0x21 }, (_, at) => String.fromCharCode(0x21 + at));
    const inPath = fc.string({ unit: fc.constantFrom(...characters.filter((one) => !'?#'.includes(one))) });
    const tricky = fc.constantFrom(
      '..',
      '.',
      '%2e%2E',
      '%2f',
      '%00',
      '//',
      '\\',
      '%',
      '%zz',
      ';a=b',
      '+',
      '~',
      '@',
      ':80',
    );
    const path = fc.array(fc.oneof(inPath, tricky)).map((parts) => `/${parts.join('/')}`);
    const query = fc
      .string({ unit: fc.constantFrom(...characters.filter((one) => one !== '#')) })
      .map((one) => `?${one}`);
    fc.assert(
      fc.property(path, fc.oneof(fc.constant(''), query), fc.constantFrom('http', 'https'), (path, query, scheme) => {
        const read = readUrl(`${scheme}://Shop.Example.com.:8080${path}${query}`);
        expect(read).toEqual({ ok: true, value: { scheme, authority: 'Shop.Example.com.:8080', path, query } });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['http://shop.example.com', { scheme: 'http', authority: 'shop.example.com', path: '/', query: '' }],
    ['HTTPS://a:1?x=/y', { scheme: 'https', authority: 'a:1', path: '/', query: '?x=/y' }],
    ['http://[::1]:8080/?', { scheme: 'http', authority: '[::1]:8080', path: '/', query: '?' }],
    ['http://[::1]/', { scheme: 'http', authority: '[::1]', path: '/', query: '' }],
    ['http://192.0.2.1/a', { scheme: 'http', authority: '192.0.2.1', path: '/a', query: '' }],
    ['http://under_score.example.com/', { scheme: 'http', authority: 'under_score.example.com', path: '/', query: '' }],
  ])('%s is read as it is', (text, parts) => {
    expect(readingOf(text)).toEqual(parts);
  });

  it.each([
    [
      'shop.example.com/api',
      '"shop.example.com/api" is not an absolute URL. Fix: write https://shop.example.com/api, or http://shop.example.com/api',
    ],
    ['/api', '"/api" is not an absolute URL. Fix: write an absolute URL such as https://shop.example.com/api?page=2'],
    ['', '"" is not an absolute URL. Fix: write an absolute URL such as https://shop.example.com/api?page=2'],
    [
      'ftp://a/',
      '"ftp" is neither http nor https. Fix: write an absolute URL such as https://shop.example.com/api?page=2',
    ],
    [
      'http://a/#top',
      'a client does not send the part behind #. Fix: leave it out, or write %23 where the path holds a #',
    ],
    ['http:///x', '"" is not a host. Fix: write a DNS name such as shop.example.com, or an IP address'],
    ['http://a..b/', '"a..b" is not a host. Fix: write a DNS name such as shop.example.com, or an IP address'],
    ['http://[::g]/', '"[::g]" is not a host. Fix: write a DNS name such as shop.example.com, or an IP address'],
    ['http://bücher.example.com/', '"bücher.example.com" is not a host. Fix: write xn--bcher-kva.example.com'],
    [
      'http://*.example.com/',
      '"*.example.com" is not a host. Fix: write a DNS name such as shop.example.com, or an IP address',
    ],
    ['http://a:0/', '"0" is not a port. Fix: write a number from 1 to 65535, or leave the colon out'],
    ['http://a:65536/', '"65536" is not a port. Fix: write a number from 1 to 65535, or leave the colon out'],
    ['http://a:/', '"" is not a port. Fix: write a number from 1 to 65535, or leave the colon out'],
    [
      'http://me:pw@a/',
      '"me:pw@a" holds a user name. Fix: leave it out; write -H \'authorization: Basic …\' where it is sent',
    ],
    ['http://a/b c', 'a URL holds no " " as it is. Fix: write %20'],
    ['http://a/?é', 'a URL holds no "é" as it is. Fix: write %C3%A9'],
    ['http://a/\t', 'a URL holds no "\\t" as it is. Fix: write %09'],
  ])('%s is refused', (text, fault) => {
    expect(readingOf(text)).toBe(fault);
  });
});
