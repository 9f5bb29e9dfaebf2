import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearerToken } from '../../../../src/cli/question/bearer-token.ts';
import { readClientIp, readTime, readToken } from '../../../../src/cli/question/read-circumstances.ts';

describe('the address of a client', () => {
  it.each(['203.0.113.7', '2001:db8::7', '::ffff:203.0.113.7'])('may be %s', (text) => {
    expect(readClientIp(text)).toEqual({ ok: true, value: text });
  });

  it.each(['', '10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.0/8', '[::1]', 'fe80::1%eth0', 'localhost'])(
    'is not %s',
    (text) => {
      expect(readClientIp(text)).toMatchObject({ ok: false, message: `${JSON.stringify(text)} is not an IP address` });
    },
  );
});

describe('the time of a request', () => {
  it.each(['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678Z', '2028-02-29T23:59:59+05:30'])('may be %s', (text) => {
    expect(readTime(text)).toEqual({ ok: true, value: text });
  });

  it.each(['', 'now', '2026-01-02', '2026-01-02T03:04Z', '2026-01-02T03:04:05', '2026-02-30T03:04:05Z', '1767323045'])(
    'is not %s',
    (text) => {
      expect(readTime(text)).toMatchObject({ ok: false, message: `${JSON.stringify(text)} is not a time` });
    },
  );
});

describe('a token', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'apptraffic-claims-'));
    for (const [name, text] of Object.entries({ good: '{"sub": "jane"}', list: '[]', cut: '{"sub":', empty: '' })) {
      writeFileSync(join(folder, `${name}.json`), text);
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['none', { is: 'none' }],
    ['invalid', { is: 'invalid' }],
    ['@good.json', { is: 'valid', claims: { sub: 'jane' } }],
  ])('may be %s', (text, value) => {
    expect(readToken(text, folder)).toEqual({ ok: true, value });
  });

  it.each([
    ['', '"" is no token'],
    ['@', '"@" is no token'],
    ['good.json', '"good.json" is no token'],
    ['@missing.json', 'missing.json: there is no such file or folder'],
    ['@list.json', 'list.json holds no JSON object'],
    ['@cut.json', 'cut.json holds no JSON object'],
    ['@empty.json', 'empty.json holds no JSON object'],
  ])('is not %s', (text, message) => {
    expect(readToken(text, folder)).toMatchObject({ ok: false, message });
  });
});

describe('the token of the header authorization', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = [part({ alg: 'none' }), part({ sub: 'jané' }), ''].join('.');

  it('is decoded, whatever its signature', () => {
    expect(bearerToken([{ name: 'Authorization', value: `bearer ${token}` }])).toEqual({ claims: { sub: 'jané' } });
  });

  it.each([
    ['is opaque where it has not three parts', 'Bearer abc', 'opaque'],
    ['is opaque where its parts are no JSON', 'Bearer a.b.c', 'opaque'],
    ['is opaque where its claims are no object', `Bearer ${part({})}.${part([])}.x`, 'opaque'],
    ['is none with another scheme', 'Basic amFuZTpzZWNyZXQ=', undefined],
    ['is none where nothing follows', 'Bearer', undefined],
  ])('%s', (_, value, expected) => {
    expect(bearerToken([{ name: 'authorization', value }])).toEqual(expected);
  });

  it('is that of the first header which has one', () => {
    expect(
      bearerToken([
        { name: 'x-authorization', value: 'Bearer other' },
        { name: 'authorization', value: 'Basic abc' },
        { name: 'authorization', value: `Bearer ${token}` },
      ]),
    ).toEqual({ claims: { sub: 'jané' } });
  });
});
