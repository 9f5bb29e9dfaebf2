import * as fc from 'fast-check';
import { decodedPath, normalizedPath, reencodedPath } from '../../../src/decide/request-path.ts';
import { external, route } from '../translate/models.ts';
import { ask, brief, differing, served } from './questions.ts';

describe('a path before it is matched, as Envoy 1.40 has it', () => {
  it.each([
    ['encoded unreserved characters are decoded', '/a%62%2D%2e%5F%7Ec', '/ab-._~c'],
    ['and only once', '/%25%36%31', '/%2561'],
    ['and never into an escape of what was none', '/%%36%31', '/%2561'],
    ['nor with a digit that was written as it is', '/%b%61', '/%25ba'],
    ['other escapes stay, in the case they have', '/a%2Fb%2fc%3B%20%C3%a4', '/a%2Fb%2fc%3B%20%C3%a4'],
    ['a percent sign that begins no escape stays', '/%/%z/100%', '/%/%z/100%'],
    ['a backslash is a slash', '/a\\b', '/a/b'],
    ['an encoded one is not', '/a%5Cb', '/a%5Cb'],
    ['dot segments go', '/a/./b/../c', '/a/c'],
    ['encoded ones too', '/a/%2e/b/%2E./c', '/a/c'],
    ['and those behind a backslash', '/a\\..\\b', '/b'],
    ['and never above the root', '/../../a', '/a'],
    ['at the end they name a folder', '/a/b/..', '/a/'],
    ['at the end of the root too', '/a/..', '/'],
    ['one with parameters is one', '/a/..;x=1/b', '/b'],
    ['but not when its dots are encoded', '/a/%2e%2e;x/b', '/a/..;x/b'],
    ['nor when the semicolon is', '/a/..%3bx/b', '/a/..%3bx/b'],
    ['three dots are a name', '/a/.../b', '/a/.../b'],
    ['a name may begin with dots', '/a/..b/.c', '/a/..b/.c'],
    ['double slashes stay', '//a//b/', '//a//b/'],
    ['and count as segments when dots go', '/a/..//b', '//b'],
    ['what no path may hold is escaped', '/"<>^`{|} é', '/%22%3C%3E%5E%60%7B%7C%7D%20%E9'],
    ['everything else stays', "/a!$&'()*+,;=:@[]", "/a!$&'()*+,;=:@[]"],
    ['a NUL is refused', '/a%00', undefined],
  ])('%s', (_, path, expected) => {
    expect(normalizedPath(path)).toBe(expected);
  });

  it('stays as it is once it is normalized, and holds no dot segment', () => {
    const piece = fc.constantFrom('/', '.', '..', '%2e', '%2F', '\\', 'a', '%61', '%', '%25', ';', '"', '//');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const once = normalizedPath(`/${pieces.join('')}`) ?? '/';
        const segments = once.split('/');
        expect(segments.filter((segment) => segment === '.' || segment === '..')).toEqual([]);
        expect(once.startsWith('/')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a path that a controller decodes first, as nginx does', () => {
  it.each([
    ['every escape is decoded', '/a%2Fb%20c', '/a/b c'],
    ['double slashes are joined', '//a///b', '/a/b'],
    ['dot segments go, however they were written', '/a/b%2F..%2Fc/.', '/a/c/'],
    ['a backslash stays one', '/a\\b', '/a\\b'],
    ['above the root is refused', '/a/../../b', undefined],
    ['a NUL is refused', '/%00', undefined],
  ])('%s', (_, path, expected) => {
    expect(decodedPath(path)).toBe(expected);
  });

  it('is encoded again where it would mean something else', () => {
    expect(reencodedPath('/a b?#%\u00e4/c')).toBe('/a%20b%3F%23%25%E4/c');
  });
});

const two = served({
  external: external(
    ['x.example'],
    [route('api', { prefix: '/api' }), route('login', { exact: '/login' }), route('deep', { prefix: '/api/v1' })],
  ),
});

describe('a prefix and an exact path', () => {
  it.each([
    ['takes the prefix itself', '/api', 'api'],
    ['takes it with a slash', '/api/', 'api'],
    ['takes what is below', '/api/x/y', 'api'],
    ['takes a double slash below', '/api//x', 'api'],
    ['takes no longer segment', '/apix', '404'],
    ['takes no segment with an escape', '/api%2Fx', '404'],
    ['takes what normalization makes of it', '/x/../%61pi\\y', 'api'],
    ['takes no other case', '/API', '404'],
    ['is not the query', '/?/api', '404'],
    ['is left by a longer prefix', '/api/v1/x', 'deep'],
    ['is taken by its query', '/api?x=/../..', 'api'],
    ['exact: takes the path', '/login', 'login'],
    ['exact: takes no slash behind it', '/login/', '404'],
    ['exact: takes nothing below', '/login/x', '404'],
    ['exact: takes the query with it', '/login?next=/', 'login'],
  ])('%s', (_, path, expected) => {
    const [found = ''] = brief(ask([two], `http://x.example${path}`)).split(' ');
    expect(found).toBe(expected);
  });

  it('is answered with 400 for a path that no server takes', () => {
    expect(ask([two], 'http://x.example/api%00')).toEqual({
      app: { namespace: 'team', name: 'shop' },
      outcome: 'respond',
      status: 400,
      candidates: [],
      why: 'no server takes such a path',
      notes: [],
    });
  });
});

describe('a rewritten prefix', () => {
  const seen = (prefix: string, replacement: string, path: string): string => {
    const app = served({ external: external(['x.example'], [route('r', { prefix, rewritePrefix: replacement })]) });
    return ask([app], `http://x.example${path}`).forwarded?.path ?? '';
  };

  it.each([
    ['/api', '/v1', '/api', '/v1'],
    ['/api', '/v1', '/api/', '/v1/'],
    ['/api', '/v1', '/api/x', '/v1/x'],
    ['/api', '/v1', '/api//x', '/v1//x'],
    ['/api', '/', '/api', '/'],
    ['/api', '/', '/api/', '/'],
    ['/api', '/', '/api/x', '/x'],
    ['/', '/v1', '/', '/v1/'],
    ['/', '/v1', '/x', '/v1/x'],
    ['/', '/v1', '//x', '/v1//x'],
    ['/', '/', '/x', '/x'],
    ['/api', '/v1', '/%61pi/y%2Fz?q', '/v1/y%2Fz'],
  ])('%s -> %s makes of %s: %s', (prefix, replacement, path, expected) => {
    expect(seen(prefix, replacement, path)).toBe(expected);
  });
});

describe('a provider that differs in paths', () => {
  const routes = [route('api', { prefix: '/api' }), route('slash', { exact: '/docs/' })];
  const asked = (path: string, over: Parameters<typeof differing>[0], more = routes) => {
    const decision = ask(
      [served({ external: external(['x.example'], more) }, differing(over))],
      `http://x.example${path}`,
    );
    return [brief(decision), decision.notes];
  };

  it('decodes before it compares, and says so where it matters', () => {
    const decoded = { comparedPath: 'Decoded', backendPath: 'AsSent' } as const;
    expect([asked('/api%2Fx', decoded), asked('/api/x', decoded), asked('/api/%', decoded)]).toEqual([
      ['api -> app at /api%2Fx', ['on other comparedPath']],
      ['api -> app at /api/x', []],
      ['api -> app at /api/%', []],
    ]);
    expect(asked('/../api', decoded)).toEqual(['400', []]);
  });

  it('sends on what it decoded where it replaces the prefix', () => {
    const rewriting = [route('api', { prefix: '/api', rewritePrefix: '/v1' })];
    expect(asked('/api%2F%20x', { comparedPath: 'Decoded' }, rewriting)).toEqual([
      'api -> app at /v1/%20x',
      ['on other comparedPath'],
    ]);
  });

  it('does not say how it compares, so escapes and double slashes are told', () => {
    const unknown = { comparedPath: 'Unknown' } as const;
    expect(
      [asked('/api//x', unknown), asked('/api/%41', unknown), asked('/api/x', unknown)].map(([, notes]) => notes),
    ).toEqual([['on other comparedPath'], ['on other comparedPath'], []]);
  });

  it('ignores case on the hosts of which it replaces a prefix', () => {
    const caseFree = { pathCase: 'IgnoredBesideRewrites' } as const;
    const idle = [route('idle', { prefix: '/x', rewritePrefix: '/x' })];
    const rewriting = [route('other', { prefix: '/other', rewritePrefix: '/' })];
    expect([
      asked('/API/X', caseFree),
      asked('/API/X', caseFree, [...routes, ...idle]),
      asked('/API/X', caseFree, [...routes, ...rewriting]),
      asked('/Docs/', caseFree, [...routes, ...rewriting]),
    ]).toEqual([
      ['404', []],
      ['404', []],
      ['api -> app at /API/X', ['on other pathCase']],
      ['slash -> app at /Docs/', ['on other pathCase']],
    ]);
  });

  it('leads to the exact path with a slash where no route has the path without', () => {
    const led = { missingSlash: 'Redirect301' } as const;
    const root = route('root', { prefix: '/' });
    expect([
      asked('/docs?q=1', led),
      asked('/docs', led, [...routes, root]),
      asked('/docs/', led),
      asked('/docs', led, [...routes, route('bare', { exact: '/docs' })]),
      asked('/docs', led, [...routes, route('all', { prefix: '/docs' })]),
      asked('/docs', { missingSlash: 'OtherRoute' }, [...routes, root]),
    ]).toEqual([
      ['301 http://x.example/docs/?q=1', ['on other missingSlash']],
      ['301 http://x.example/docs/', ['on other missingSlash']],
      ['slash -> app at /docs/', []],
      ['bare -> app at /docs', []],
      ['all -> app at /docs', []],
      ['root -> app at /docs', []],
    ]);
  });
});
