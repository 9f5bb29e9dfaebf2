import { cookiesAround, headersAround, queriesAround } from '../../mesh/differential/conditions-around.ts';
import { authoritiesAround, pathsAround } from '../../mesh/differential/places-around.ts';

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

describe('cookies and queries around conditions', () => {
  it('have both in one line and in several, among others, repeated and nearly right', () => {
    const cookies = [
      { name: 'ab', value: 'b' },
      { name: 'x', value: 'y' },
    ];
    const lines = cookiesAround(cookies).map((all) => all.map(({ value }) => value).join(' | '));
    expect(lines).toEqual(
      expect.arrayContaining(['', 'ab=b | x=y', 'ab=other; ab=b; x=y', 'x=y; xab=b', 'x=y; ab=bx', 'ab=b, x=y, x=y']),
    );
    expect(queriesAround([{ name: 'v', value: '2' }])).toEqual(
      expect.arrayContaining(['', '?v=2&v=other', '?v=other&v=2', '?v=', '?v', '?v=%32', '?%76=2', '?V=2']),
    );
  });

  it('are none where nothing is asked for', () => {
    expect([cookiesAround([]), queriesAround([])]).toEqual([[], []]);
  });
});
