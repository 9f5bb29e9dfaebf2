import { readCaller } from '../../../../src/cli/question/read-caller.ts';
import { headerNameForm, headerValueForm } from '../../../../src/cli/question/read-header.ts';
import { readRequest } from '../../../../src/cli/question/read-request.ts';

const get = (url: string, ...headers: readonly string[]) => readRequest({ method: 'GET', url, headers });

describe('a request', () => {
  it('keeps its headers in order, repeated ones and empty ones too, without the blanks around values', () => {
    expect(get('http://a/b?c', 'X-Beta: 1', 'x-beta:2 ', 'empty:', 'time:  12:30\t')).toEqual({
      ok: true,
      value: {
        method: 'GET',
        scheme: 'http',
        authority: 'a',
        path: '/b',
        query: '?c',
        headers: [
          { name: 'X-Beta', value: '1' },
          { name: 'x-beta', value: '2' },
          { name: 'empty', value: '' },
          { name: 'time', value: '12:30' },
        ],
      },
    });
  });

  it('is for the host that a header Host names', () => {
    expect(get('http://192.0.2.1/', 'host: shop.example.com:8080', 'a: b')).toEqual({
      ok: true,
      value: {
        method: 'GET',
        scheme: 'http',
        authority: 'shop.example.com:8080',
        path: '/',
        query: '',
        headers: [{ name: 'a', value: 'b' }],
      },
    });
  });

  it.each(['1.2', '1.3'])('may be that of a client that speaks TLS %s at most', (tlsVersion) => {
    expect(readRequest({ method: 'GET', url: 'https://a/', tlsVersion, headers: [] })).toMatchObject({
      ok: true,
      value: { scheme: 'https', tlsVersion },
    });
  });

  it.each(['', '1', '1.1', 'TLSv1.3'])('knows no version of TLS %p', (tlsVersion) => {
    expect(readRequest({ method: 'GET', url: 'https://a/', tlsVersion, headers: [] })).toEqual({
      ok: false,
      mistakes: [
        { part: 'tlsVersion', message: `${JSON.stringify(tlsVersion)} is no version of TLS`, fix: 'write 1.2 or 1.3' },
      ],
    });
  });

  it.each([
    ['none', {}],
    ['trusted', { clientCertificate: 'Trusted' }],
    ['other', { clientCertificate: 'Other' }],
  ])('may be that of a client that shows a certificate: %s', (clientCertificate, shown) => {
    expect(readRequest({ method: 'GET', url: 'https://a/', clientCertificate, headers: [] })).toEqual({
      ok: true,
      value: { method: 'GET', scheme: 'https', authority: 'a', path: '/', query: '', ...shown, headers: [] },
    });
  });

  it.each(['', 'Trusted', 'constructor'])('knows no certificate %p', (clientCertificate) => {
    expect(readRequest({ method: 'GET', url: 'https://a/', clientCertificate, headers: [] })).toEqual({
      ok: false,
      mistakes: [
        {
          part: 'clientCertificate',
          message: `${JSON.stringify(clientCertificate)} says not what certificate the client shows`,
          fix: "write trusted (one of the app's clientCA), other, or none",
        },
      ],
    });
  });

  it.each([
    ['0', 0],
    ['1073741824', 1_073_741_824],
  ])('may have a body of %s bytes', (text, bodyBytes) => {
    expect(readRequest({ method: 'POST', url: 'http://a/', bodyBytes: text, headers: [] })).toMatchObject({
      ok: true,
      value: { bodyBytes },
    });
  });

  it.each(['', '-1', '1.5', '8Mi', '1073741825', '99999999999'])('knows no body of %p bytes', (bodyBytes) => {
    expect(readRequest({ method: 'POST', url: 'http://a/', bodyBytes, headers: [] })).toEqual({
      ok: false,
      mistakes: [
        {
          part: 'bodyBytes',
          message: `${JSON.stringify(bodyBytes)} is no size of a body`,
          fix: 'write a whole number of bytes from 0 to 1073741824',
        },
      ],
    });
  });

  it('is refused with every mistake at once', () => {
    const headers = ['x-beta', ': 1', 'a b: 1', 'c: a\u0007b', 'host: a', 'Host: b', 'fine: 1'];
    expect(readRequest({ method: 'get', url: 'ftp://a/', headers })).toEqual({
      ok: false,
      mistakes: [
        { part: 'method', message: 'get is another method than GET', fix: 'write GET' },
        {
          part: 'url',
          message: '"ftp" is neither http nor https',
          fix: 'write an absolute URL such as https://shop.example.com/api?page=2',
        },
        { part: 'headers', at: 0, message: '"x-beta" holds no colon', fix: "write 'name: value'" },
        { part: 'headers', at: 1, message: '"" is not a header name', fix: headerNameForm.fix },
        { part: 'headers', at: 2, message: '"a b" is not a header name', fix: headerNameForm.fix },
        { part: 'headers', at: 3, message: '"a\\u0007b" is not a header value', fix: headerValueForm.fix },
        { part: 'headers', at: 5, message: 'the header Host is given twice', fix: 'keep one of them' },
      ],
    });
  });

  it.each([
    ['https://a/', 'host: b', 'with https the host of the URL is the one that TLS is asked for'],
    ['http://a/', 'host: b c', '"b c" is not a host'],
    ['http://a/', 'host:', '"" is not a host'],
  ])('for %s is refused with the header %s', (url, header, message) => {
    expect(get(url, header)).toMatchObject({ ok: false, mistakes: [{ part: 'headers', at: 0, message }] });
  });

  it('has any method that HTTP knows a form for, and no other', () => {
    const isMethod = (method: string): boolean => readRequest({ method, url: 'http://a/', headers: [] }).ok;
    expect(['GET', 'PURGE', 'M-SEARCH'].filter(isMethod)).toEqual(['GET', 'PURGE', 'M-SEARCH']);
    expect(['', 'G T', 'Get', 'GET/', 'GÉT'].filter(isMethod)).toEqual([]);
  });
});

describe('a caller', () => {
  it('is a workload in the mesh, or anybody', () => {
    expect(readCaller('team-a/checkout.v1')).toEqual({
      ok: true,
      value: { namespace: 'team-a', serviceAccount: 'checkout.v1' },
    });
    expect(readCaller('internet')).toEqual({ ok: true, value: undefined });
  });

  it.each([
    ['checkout', '"checkout" names no caller'],
    ['a/b/c', '"a/b/c" names no caller'],
    ['/b', 'the namespace "" is not a DNS label'],
    ['team.a/b', 'the namespace "team.a" is not a DNS label'],
    ['a/', 'the ServiceAccount "" is not a Kubernetes name'],
    ['a/B', 'the ServiceAccount "B" is not a Kubernetes name'],
    [`a/${'b'.repeat(254)}`, `the ServiceAccount "${'b'.repeat(254)}" is not a Kubernetes name`],
  ])('is not %s', (text, message) => {
    expect(readCaller(text)).toMatchObject({ ok: false, message });
  });
});
