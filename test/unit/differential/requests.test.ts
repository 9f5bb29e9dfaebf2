import { authoritiesAround, headersAround, pathsAround } from '../../mesh/differential/requests.ts';

describe('boundaries of a path', () => {
  it('are a character and a segment more and less, encoded, with dots, slashes and case', () => {
    expect(pathsAround('/api/v1')).toEqual(
      expect.arrayContaining([
        '/api/v1',
        '/api/v1/',
        '/api/v1x',
        '/api/v',
        '/api/v1/x',
        '/api/',
        '/api/%761',
        '/api/v1/..',
        '/x/%2e%2E/api/v1',
        '//api/v1',
        '/api/v1//x',
        '/api/v1%2Fx',
        '/API/V1',
      ]),
    );
  });

  it('begin with a slash, for the root too', () => {
    expect(pathsAround('/').filter((path) => !path.startsWith('/'))).toEqual([]);
  });
});

describe('boundaries of a host', () => {
  it('are other names, ports, a trailing dot and case', () => {
    expect(authoritiesAround('a.test')).toEqual([
      'a.test',
      'below.a.test',
      'xa.test',
      'a.test:80',
      'a.test:8080',
      'a.test:443',
      'a.test.',
      'a.test.:80',
      'A.TEST',
      'A.test:8443',
    ]);
  });

  it('of a wildcard are its depths, and the name that it stands below', () => {
    expect(authoritiesAround('*.a.test').slice(0, 5)).toEqual([
      'one.a.test',
      'two.one.a.test',
      'a.test',
      'xa.test',
      '.a.test',
    ]);
  });
});

describe('boundaries of header conditions', () => {
  it('keep the other conditions', () => {
    const around = headersAround([
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ]);
    expect(around.slice(0, 2)).toEqual([
      [{ name: 'b', value: '2' }],
      [
        { name: 'b', value: '2' },
        { name: 'A', value: '1' },
      ],
    ]);
    expect(around).toContainEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: 'other' },
      { name: 'b', value: '2' },
    ]);
  });
});
