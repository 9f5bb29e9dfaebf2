import { decide } from '../../../src/decide/decide.ts';
import { external, namedGateway, publicGateway, platform, route, tls } from '../translate/models.ts';
import { ask, brief, differing, question, served } from './questions.ts';

const shop = served({
  external: external(
    ['shop.example.com', '*.example.com', '*.eu.example.com'],
    [
      route('exact', { host: 'shop.example.com' }),
      route('below', { host: 'a.example.com' }),
      route('eu', { host: '*.eu.example.com' }),
      route('general'),
    ],
  ),
});

describe('the host of a request', () => {
  it.each([
    ['is compared without regard to case', 'SHOP.Example.Com', 'exact'],
    ['is compared without its port', 'shop.example.com:8443', 'exact'],
    ['is compared without a trailing dot', 'shop.example.com.', 'exact'],
    ['is compared without both', 'Shop.example.com.:80', 'exact'],
    ['is only one trailing dot shorter', 'shop.example.com..', '404'],
    ['goes to the exact host before a wildcard', 'shop.example.com', 'exact'],
    ['goes to a host that a route names below a wildcard', 'a.example.com', 'below'],
    ['goes to the longer wildcard before the shorter', 'shop.eu.example.com', 'eu'],
    ['goes to the wildcard with one label', 'b.example.com', 'general'],
    ['goes to the wildcard with several labels', 'c.b.example.com', 'general'],
    ['is no wildcard host without a label', 'example.com', '404'],
    ['is no wildcard host with an empty label', '.example.com', '404'],
    ['is below a wildcard however odd its labels are', '.b.example.com', 'general'],
    ['is nobody elses', 'shop.example.org', '404'],
    ['may be an address', '[::1]:80', '404'],
    ['may be empty', '', '404'],
  ])('%s', (_, host, expected) => {
    const decision = ask([shop], `http://${host}/x`);
    expect(brief(decision)).toBe(expected === '404' ? '404' : `${expected} -> app at /x`);
  });

  it('that nobody holds has no server of its own over TLS', () => {
    expect(ask([shop], 'https://nobody.org/')).toEqual({
      outcome: 'notFound',
      candidates: [],
      why: 'no app holds the host nobody.org, so an https request gets no answer, or 404 from a gateway whose certificate is for every name',
      notes: [],
    });
  });

  it('is told when nobody holds it', () => {
    expect(ask([shop], 'http://nobody.org/')).toEqual({
      outcome: 'notFound',
      status: 404,
      candidates: [],
      why: 'no app holds the host nobody.org',
      notes: [],
    });
  });

  it('stays with who holds it exactly, even where only the holder of the wildcard has a route for the path', () => {
    const exact = served({ external: external(['a.example.com'], [route('api', { prefix: '/api' })]) });
    const wildcard = served({ app: { namespace: 'team', name: 'wild' }, external: external(['*.example.com']) });
    expect(
      ['a.example.com/api', 'a.example.com/', 'b.example.com/'].map((url) =>
        brief(ask([wildcard, exact], `http://${url}`)),
      ),
    ).toEqual(['api -> app at /api', '404', 'wild/default -> app at /']);
  });

  it('is not served where the app has no route for it, not even by a redirect to https', () => {
    const none = served({ external: external(['shop.example.com'], [], tls) });
    expect([brief(ask([none], 'http://shop.example.com/')), brief(ask([none], 'https://shop.example.com/'))]).toEqual([
      '404',
      '404',
    ]);
  });
});

describe('a provider that differs in hosts', () => {
  const hosts = external(['*.example.com', 'shop.example.com']);

  it('answers 404 to names deeper than one label below a wildcard, and says why', () => {
    const profile = differing({ wildcardLabels: 'One' });
    const one = served({ external: hosts }, profile);
    expect([brief(ask([one], 'http://a.example.com/')), ask([one], 'http://b.a.example.com/')]).toEqual([
      'default -> app at /',
      {
        outcome: 'notFound',
        status: 404,
        candidates: [],
        why: 'b.a.example.com is not served under this name',
        notes: ['on other wildcardLabels'],
      },
    ]);
  });

  it('leaves a host without routes to the wildcard above it, whosever that is', () => {
    const profile = differing({ hostWithoutRoutes: 'Wildcard' });
    const wildcard = served(
      { app: { namespace: 'team', name: 'wild' }, external: external(['*.example.com']) },
      profile,
    );
    const none = { external: external(['shop.example.com'], []) };
    const answers = [served(none), served(none, profile)].map((app) =>
      brief(ask([wildcard, app], 'http://shop.example.com/')),
    );
    expect(answers).toEqual(['404', 'wild/default -> app at /']);
    expect(ask([wildcard, served(none, profile)], 'http://shop.example.com/')).toMatchObject({
      notes: ['on other hostWithoutRoutes'],
    });
    expect(ask([served(none, profile)], 'http://shop.example.com/')).toMatchObject({
      outcome: 'notFound',
      notes: ['on other hostWithoutRoutes'],
    });
    const other = served(
      { app: { namespace: 'team', name: 'next' }, external: external(['shop.example.com']) },
      profile,
    );
    expect(ask([wildcard, served(none, profile), other], 'http://shop.example.com/')).toMatchObject({
      app: { name: 'next' },
      notes: [],
    });
  });

  it('answers 404 to a trailing dot', () => {
    const one = served({ external: hosts }, differing({ trailingDot: 'NotFound' }));
    expect(['shop.example.com', 'shop.example.com.'].map((host) => brief(ask([one], `http://${host}/`)))).toEqual([
      'default -> app at /',
      '404',
    ]);
  });

  it('is a named gateway that knows some hosts without their dotted form', () => {
    const one = served(
      { external: external(['a.example.com', 'b.example.com'], [route('default')], namedGateway) },
      differing({ dotless: ['a.example.com'] }),
    );
    const where = { platform: { ...platform, gateways: [{ ...publicGateway, tls: false }] } };
    expect(
      ['a.example.com', 'a.example.com.', 'b.example.com.'].map((host) => brief(ask([one], `http://${host}/`, where))),
    ).toEqual(['default -> app at /', '404', 'default -> app at /']);
    expect(ask([one], 'http://a.example.com./', where).notes).toEqual([
      'the gateway answers 404 to a.example.com. with a trailing dot',
    ]);
  });
});

describe('a client that speaks old versions of TLS only', () => {
  const minTlsVersion = { value: '1.3', at: 'spec.external.tls.minVersion' } as const;
  const app = served({ external: external(['shop.example.com'], undefined, { ...tls, minTlsVersion }) });
  const asking = (scheme: 'http' | 'https', tlsVersion?: '1.2' | '1.3') => {
    const asked = question([app], `${scheme}://shop.example.com/`);
    const version = tlsVersion === undefined ? {} : { tlsVersion };
    return decide({ ...asked, request: { ...asked.request, ...version } });
  };

  it('gets no connection where minVersion asks for a newer one', () => {
    const decision = asking('https', '1.2');
    expect([brief(decision), decision.why]).toEqual([
      'notFound: no answer',
      'shop.example.com takes TLS 1.3 at least, and the client speaks 1.2: no connection comes about',
    ]);
  });

  it('is answered over plain http as everybody is, and so are clients that speak the newer one', () => {
    expect([asking('http', '1.2'), asking('https', '1.3'), asking('https')].map(brief)).toEqual([
      '308 https://shop.example.com/',
      'default -> app at /',
      'default -> app at /',
    ]);
  });
});

describe('a client that is asked for a certificate', () => {
  const clientCa = { value: 'shop-clients', at: 'spec.external.tls.clientCA' } as const;
  const app = served({ external: external(['shop.example.com'], undefined, { ...tls, clientCa }) });
  const asking = (scheme: 'http' | 'https', clientCertificate?: 'Trusted' | 'Other') => {
    const asked = question([app], `${scheme}://shop.example.com/`);
    const shown = clientCertificate === undefined ? {} : { clientCertificate };
    return decide({ ...asked, request: { ...asked.request, ...shown } });
  };

  it('gets no connection without one, or with one of another authority', () => {
    expect([asking('https'), asking('https', 'Other')].map((one) => [brief(one), one.why])).toEqual([
      [
        'notFound: no answer',
        'shop.example.com takes clients with a certificate of clientCA alone, and this one shows none: no connection comes about',
      ],
      [
        'notFound: no answer',
        'shop.example.com takes clients with a certificate of clientCA alone, and this one shows another: no connection comes about',
      ],
    ]);
  });

  it('is served with one of clientCA, and sent to https over plain http whatever it has', () => {
    expect([asking('https', 'Trusted'), asking('http', 'Trusted'), asking('http')].map(brief)).toEqual([
      'default -> app at /',
      '308 https://shop.example.com/',
      '308 https://shop.example.com/',
    ]);
  });

  it('is served with any where the app asks for none', () => {
    const open = served({ external: external(['shop.example.com'], undefined, tls) });
    const asked = question([open], 'https://shop.example.com/');
    expect(brief(decide({ ...asked, request: { ...asked.request, clientCertificate: 'Other' } }))).toBe(
      'default -> app at /',
    );
  });
});

describe('TLS that ends at the pods', () => {
  const passed = (over: Partial<ReturnType<typeof external>> = {}, routes = [route('all')]) =>
    served({
      external: external(['shop.example.com'], routes, {
        passthrough: { value: true, at: 'spec.external.tls.mode' },
        ...over,
      }),
    });
  const off = { httpsRedirect: { value: false, at: 'spec.external.httpsRedirect' } };

  it('hides the request: the pods get it as it was sent, without the name of the route', () => {
    const { forwarded } = ask([passed()], 'BREW https://shop.example.com/a/../%41//b%00');
    expect(forwarded).toEqual({
      backends: [{ name: 'app', weight: 100 }],
      path: '/a/../%41//b%00',
      setHeaders: {},
      addHeaders: {},
      removeHeaders: [],
    });
  });

  it('sends plain http to https, or answers it with 404 where that is switched off', () => {
    expect([passed(), passed(off)].map((app) => brief(ask([app], 'http://shop.example.com/a')))).toEqual([
      '308 https://shop.example.com/a',
      '404',
    ]);
  });

  it('is answered by nobody without a route', () => {
    expect(['https', 'http'].map((scheme) => brief(ask([passed({}, [])], `${scheme}://shop.example.com/`)))).toEqual([
      'notFound: no answer',
      '404',
    ]);
  });
});

describe('plain http where TLS is served', () => {
  const secure = (over: Partial<ReturnType<typeof external>> = {}) =>
    served({ external: external(['shop.example.com'], [route('api', { prefix: '/api' })], { ...tls, ...over }) });
  const off = { httpsRedirect: { value: false, at: 'spec.external.httpsRedirect' } };

  it.each([
    ['a path that a route takes', 'shop.example.com/api?q=1', '308 https://shop.example.com/api?q=1'],
    ['a path that no route takes', 'shop.example.com/', '308 https://shop.example.com/'],
    ['port 80, which is dropped', 'shop.example.com:80/api', '308 https://shop.example.com/api'],
    ['another port, which stays', 'shop.example.com:8080/api', '308 https://shop.example.com:8080/api'],
    ['the host as the client wrote it', 'Shop.Example.com./api', '308 https://Shop.Example.com./api'],
    ['the path as it is normalized', 'shop.example.com/x/../%61pi//b%2f', '308 https://shop.example.com/api//b%2f'],
  ])('is sent to https: %s', (_, url, expected) => {
    expect(brief(ask([secure()], `http://${url}`))).toBe(expected);
  });

  it('is sent there by no route, whatever matches', () => {
    expect(ask([secure()], 'http://shop.example.com/api')).toEqual({
      app: { namespace: 'team', name: 'shop' },
      outcome: 'redirect',
      status: 308,
      location: 'https://shop.example.com/api',
      candidates: [
        {
          app: { namespace: 'team', name: 'shop' },
          route: 'api',
          at: 'routes.api',
          verdict: 'noMatch',
          reason: 'plain http is sent to https before any route',
        },
      ],
      why: 'plain http is sent to https before any route',
      notes: [],
    });
  });

  it('is served beside https where the redirect is switched off', () => {
    expect(brief(ask([secure(off)], 'http://shop.example.com/api'))).toBe('api -> app at /api');
  });

  it('is for the controller to say on some providers, which is told', () => {
    const one = served(
      { external: external(['shop.example.com'], [route('api')], { ...tls, ...off }) },
      differing({ plainHttp: 'Unknown' }),
    );
    expect(['http', 'https'].map((scheme) => ask([one], `${scheme}://shop.example.com/`).notes)).toEqual([
      ['on other plainHttp'],
      [],
    ]);
  });

  it('follows the named gateway: its TLS, and what the user says of it', () => {
    const where = (isTls: boolean) => ({ platform: { ...platform, gateways: [{ ...publicGateway, tls: isTls }] } });
    const app = served({ external: external(['shop.example.com'], [route('default')], namedGateway) });
    expect([true, false].map((isTls) => brief(ask([app], 'http://shop.example.com/', where(isTls))))).toEqual([
      '308 https://shop.example.com/',
      'default -> app at /',
    ]);
  });
});

describe('https', () => {
  it('reaches the routes where TLS is served', () => {
    const app = served({ external: external(['shop.example.com'], [route('default')], tls) });
    expect(brief(ask([app], 'https://shop.example.com/'))).toBe('default -> app at /');
  });

  it('gets no answer where no TLS is served', () => {
    expect(ask([shop], 'https://shop.example.com/')).toMatchObject({
      outcome: 'notFound',
      why: 'no TLS is served for shop.example.com, so an https request gets no answer',
    });
    expect(brief(ask([shop], 'https://shop.example.com/'))).toBe('notFound: no answer');
  });

  it('reaches the routes where TLS ends before the gateway', () => {
    const before = (entry: typeof publicGateway) => ({
      platform: { ...platform, gateways: [{ ...entry, tls: false, tlsTerminatedBefore: true }] },
    });
    const { name: _, ...unnamed } = publicGateway;
    const named = served({ external: external(['shop.example.com'], [route('default')], namedGateway) });
    expect([
      brief(ask([named], 'https://shop.example.com/', before(publicGateway))),
      brief(ask([shop], 'https://shop.example.com/', before({ ...unnamed, default: true } as typeof publicGateway))),
    ]).toEqual(['default -> app at /', 'exact -> app at /']);
  });
});
