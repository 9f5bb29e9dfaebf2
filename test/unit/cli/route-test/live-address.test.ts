import { readLiveAddress } from '../../../../src/cli/route-test/live-address.ts';

describe('the address of a gateway', () => {
  it.each([
    ['http://10.0.0.1', { scheme: 'http', host: '10.0.0.1', port: 80 }],
    ['https://gateway.example.com/', { scheme: 'https', host: 'gateway.example.com', port: 443 }],
    ['https://[fd00::1]:8443', { scheme: 'https', host: 'fd00::1', port: 8443 }],
    ['http://localhost:8080', { scheme: 'http', host: 'localhost', port: 8080 }],
  ])('%s is read', (text, value) => {
    expect(readLiveAddress(text)).toEqual({ ok: true, value });
  });

  it.each([
    '10.0.0.1:80',
    'ftp://10.0.0.1',
    'http://',
    'http://a/b',
    'http://a:0',
    'http://a:99999',
    'http://a b',
    'http://[zz]',
  ])('%s is none', (text) => {
    expect(readLiveAddress(text)).toMatchObject({ ok: false, fix: expect.any(String) as string });
  });
});
