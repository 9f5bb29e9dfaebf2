/** Regular expressions, headers that must be absent, cookies and the query: A/B tests. */
import type { Ask, Expected, LiveCase } from '../live-case.ts';
import type { Side } from './side.ts';

const cookieRoutes = [
  { name: 'rest', to: 'stable' },
  { name: 'b', match: { cookies: { ab: 'b' } }, to: 'canary' },
  { name: 'both', match: { cookies: { ab: 'b', 'x.y': '1' } } },
];

const queryRoutes = [
  { name: 'rest', to: 'stable' },
  { name: 'v2', match: { query: { v: '2' } }, to: 'canary' },
  { name: 'both', match: { query: { v: '2', 'f[]': 'a+b' } } },
  { name: 'cookie', match: { cookies: { ab: 'b' } }, to: 'canary' },
];

const absentRoutes = [
  { name: 'known', to: 'stable' },
  { name: 'guest', match: { withoutHeaders: ['Authorization'] }, to: 'canary' },
  { name: 'bare', match: { withoutHeaders: ['authorization', 'cookie'] } },
];

const regexRoutes = [
  { name: 'rest', to: 'stable' },
  { name: 'api', match: { prefix: '/api/v1/cart' } },
  { name: 'versions', match: { regex: '/api/v[0-9]+(/.*)?' }, to: 'canary' },
  { name: 'page', match: { exact: '/api/v1/page' } },
  { name: 'staff', match: { regex: '/(?:a|b)\\.html', headersRegex: { 'X-User': 'staff-[a-z]{2,3}' } }, to: 'canary' },
];

type Row = readonly [path: string, headers: Ask['headers'], route: string, backend: 'stable' | 'canary' | 'app'];

function asksOf(side: Side, app: string, rows: readonly Row[]): readonly Ask[] {
  return rows.map(([path, headers = [], route, backend]) => {
    const gets: Expected = side.to(app, route, backend);
    return { ...side.ask(app, `GET ${path}`, headers), gets };
  });
}

const cookie = (...values: readonly string[]): NonNullable<Ask['headers']> =>
  values.map((value) => ['cookie', value] as const);

const cookieRows: readonly Row[] = [
  ['/', [], 'rest', 'stable'],
  ['/', cookie('ab=b'), 'b', 'canary'],
  ['/', cookie('x=y; ab=b; z=1'), 'b', 'canary'],
  ['/', cookie('x=y;ab=b;'), 'b', 'canary'],
  ['/', cookie('ab=a; ab=b'), 'b', 'canary'],
  ['/', cookie('x=y', 'ab=b'), 'b', 'canary'],
  ['/', cookie('ab=bb'), 'rest', 'stable'],
  ['/', cookie('xab=b'), 'rest', 'stable'],
  ['/', cookie('x=ab=b'), 'rest', 'stable'],
  ['/', cookie('ab=B'), 'rest', 'stable'],
  ['/', cookie('AB=b'), 'rest', 'stable'],
  ['/', cookie('ab="b"'), 'rest', 'stable'],
  ['/', cookie('x=y, ab=b'), 'rest', 'stable'],
  ['/', cookie('x.y=1; ab=b'), 'both', 'app'],
  ['/', cookie('ab=b', 'x.y=1'), 'both', 'app'],
  ['/', cookie('ab=b; xzy=1'), 'b', 'canary'],
];

const queryRows: readonly Row[] = [
  ['/', [], 'rest', 'stable'],
  ['/?v=2', [], 'v2', 'canary'],
  ['/x?a=b&v=2&c', [], 'v2', 'canary'],
  ['/?v=2&v=1', [], 'v2', 'canary'],
  ['/?v=1&v=2', [], 'rest', 'stable'],
  ['/?v=%32', [], 'rest', 'stable'],
  ['/?V=2', [], 'rest', 'stable'],
  ['/?v=', [], 'rest', 'stable'],
  ['/?v', [], 'rest', 'stable'],
  ['/?v=22', [], 'rest', 'stable'],
  ['/?f[]=a+b&v=2', [], 'both', 'app'],
  ['/?f[]=a%20b&v=2', [], 'v2', 'canary'],
  ['/?v=2', cookie('ab=b'), 'cookie', 'canary'],
];

const regexRows: readonly Row[] = [
  ['/api/v1', [], 'versions', 'canary'],
  ['/api/v12/', [], 'versions', 'canary'],
  ['/api/v1/cart', [], 'versions', 'canary'],
  ['/api/v1/cart?v=x', [], 'versions', 'canary'],
  ['/api/v1/page', [], 'page', 'app'],
  ['/api/v1x', [], 'rest', 'stable'],
  ['/api/v', [], 'rest', 'stable'],
  ['/x/api/v1', [], 'rest', 'stable'],
  ['/api/V1', [], 'rest', 'stable'],
  ['/a.html', [['x-user', 'staff-ab']], 'staff', 'canary'],
  [
    '/b.html',
    [
      ['x-user', 'guest'],
      ['X-USER', 'staff-abc'],
    ],
    'staff',
    'canary',
  ],
  ['/a.html', [['x-user', 'staff-abcd']], 'rest', 'stable'],
  ['/a.html', [['x-user', 'xstaff-ab']], 'rest', 'stable'],
  ['/a.html', [['x-user', 'staff-AB']], 'rest', 'stable'],
  ['/a.html', [], 'rest', 'stable'],
  ['/axhtml', [['x-user', 'staff-ab']], 'rest', 'stable'],
];

const absentRows: readonly Row[] = [
  ['/', [], 'bare', 'app'],
  ['/', cookie('a=b'), 'guest', 'canary'],
  ['/', [['AUTHORIZATION', 'Bearer x']], 'known', 'stable'],
  ['/', [['authorization', '']], 'known', 'stable'],
];

/** The cases of one side. */
export function conditionCases(side: Side): readonly LiveCase[] {
  const field = `${side.side}.routes[].match`;
  const row = (
    title: string,
    name: string,
    list: readonly object[],
    rows: readonly Row[],
  ): Omit<LiveCase, 'proves'> => ({
    title,
    apps: [side.app(name, list)],
    run: ({ gets }) => gets(asksOf(side, name, rows)),
  });
  return [
    {
      ...row('A/B by cookie: one pair among any others, byte for byte', 'by-cookie', cookieRoutes, cookieRows),
      proves: [`${field}.cookies`],
    },
    {
      ...row('A/B by query: the first value, as it was sent', 'by-query', queryRoutes, queryRows),
      proves: [`${field}.query`],
    },
    {
      ...row(
        'regular expressions match whole paths and values; exact before regex before prefix',
        'by-regex',
        regexRoutes,
        regexRows,
      ),
      proves: [`${field}.regex`, `${field}.headersRegex`],
    },
    {
      ...row('a header that must be absent is not even there without a value', 'without', absentRoutes, absentRows),
      proves: [`${field}.withoutHeaders`],
    },
  ];
}
