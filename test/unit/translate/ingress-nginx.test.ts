import { docs, route, tls, whole, world } from './models.ts';
import {
  claim,
  httpsRedirect,
  ingress,
  nginx,
  nginxWorld,
  ofClass,
  path,
  plainHttp,
  refusals,
  regex,
  render,
  served,
} from './ingress-models.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import type { World } from '../../../src/model/world.ts';

const ssl = (value: string) => ({ 'nginx.ingress.kubernetes.io/ssl-redirect': value });
const useRegex = { 'nginx.ingress.kubernetes.io/use-regex': 'true' };
const rewrite = (target: string) => ({ ...useRegex, 'nginx.ingress.kubernetes.io/rewrite-target': target });
const ofNginx = { ingressClassName: 'nginx' };
const block = (...hosts: readonly string[]) => ({ tls: [{ hosts, secretName: 'shop-tls' }] });
const withoutCase = (field: string) => ({
  code: 'AT0702',
  field,
  message:
    'on ingress-nginx a rewrite makes all paths of its hosts regular expressions, which match without regard to case',
  fix: 'remove it where that matters',
});
const base = 'shop-nginx-f9269e05';

/** A route under `/app` whose prefix becomes `/`. */
const stripped = route('app', { prefix: '/app', rewritePrefix: '/' });

describe('the dialect', () => {
  const dialectOf = (over: Partial<Traffic>, where: World) =>
    render(over, where).manifests.map(({ metadata }) => metadata.annotations);
  const routes = [route('all')];

  it('is that of the class’s controller, named or default', () => {
    const isDefault = { ...nginxWorld, ingressClasses: [{ ...nginx, isDefault: true }] };
    expect(dialectOf(ofClass('nginx', ['a.example.com'], routes, tls), nginxWorld)).toEqual([ssl('true')]);
    expect(dialectOf(served(['a.example.com'], routes, tls), isDefault)).toEqual([ssl('true')]);
    expect(dialectOf(served(['a.example.com'], routes, plainHttp), nginxWorld)).toEqual([undefined]);
  });

  it('is what the platform says of the class, whatever its controller', () => {
    const says = (dialect: string): World => ({
      ...nginxWorld,
      platform: { ...world.platform, ingressClasses: [{ name: 'nginx', dialect, inMesh: false }] },
    });
    const over = ofClass('nginx', ['a.example.com'], routes, plainHttp);
    expect(dialectOf(over, says('plain'))).toEqual([undefined]);
    expect(dialectOf(over, says('ingress-nginx'))).toEqual([ssl('false')]);
    expect(dialectOf(over, { ...says('ingress-nginx'), ingressClasses: [] })).toEqual([ssl('false')]);
    expect(dialectOf(over, says('unheard-of'))).toEqual([undefined]);
  });

  it('is none where two default classes speak differently', () => {
    const other = { name: 'a', controller: 'example.com/a', isDefault: true };
    const two = { ...world, ingressClasses: [other, { ...nginx, isDefault: true }] };
    expect(dialectOf(served(['a.example.com'], routes, plainHttp), two)).toEqual([undefined]);
  });
});

describe('TLS', () => {
  it('always says whether plain http is redirected', () => {
    const rendered = (over: object) => render(ofClass('nginx', ['a.example.com'], [route('all')], over), nginxWorld);
    const expected = (value: string) => ({
      manifests: [
        ingress(
          base,
          { 'a.example.com': [path('/')] },
          { annotations: ssl(value), ...ofNginx, ...block('a.example.com') },
        ),
      ],
      problems: [],
    });
    expect(rendered(tls)).toEqual(expected('true'));
    expect(rendered({ ...tls, ...httpsRedirect(true) })).toEqual(expected('true'));
    expect(rendered(plainHttp)).toEqual(expected('false'));
  });
});

describe('a rewrite', () => {
  it('moves its path to an Ingress of its own; hosts without one keep plain paths', () => {
    const api = route('api', { host: 'api.example.com', forward: whole(docs) });
    const app = route('app', { host: 'example.com', prefix: '/app', rewritePrefix: '/' });
    expect(render(ofClass('nginx', ['example.com', 'api.example.com'], [app, api], tls), nginxWorld)).toEqual({
      manifests: [
        ingress(
          base,
          { 'api.example.com': [path('/', 'Prefix', 'docs', 8000)] },
          { annotations: ssl('true'), ...ofNginx, ...block('api.example.com') },
        ),
        ingress(
          'shop-nginx-path-app-02d47bdf',
          { 'example.com': [regex('/app(/|$)(.*)')] },
          { annotations: { ...ssl('true'), ...rewrite('/$2') }, ...ofNginx, ...block('example.com') },
        ),
      ],
      problems: [withoutCase('routes.app.rewritePrefix')],
    });
  });

  it('makes regular expressions of all paths of its host, in an Ingress that says so', () => {
    const routes = [
      stripped,
      route('all', { forward: whole(docs) }),
      route('v1', { prefix: '/v1.0' }),
      route('exact', { exact: '/app/x' }),
    ];
    expect(render(ofClass('nginx', ['a.example.com'], routes), nginxWorld).manifests).toEqual([
      ingress(
        'shop-nginx-path-app-02d47bdf',
        { 'a.example.com': [regex('/app(/|$)(.*)')] },
        { annotations: rewrite('/$2'), ...ofNginx },
      ),
      ingress(
        'shop-nginx-regex-b90e5434',
        {
          'a.example.com': [regex('/app/x($)($)($)($)'), regex('/v1[.]0($|/)(.*)'), regex('/(.*)', 'docs', 8000)],
        },
        { annotations: useRegex, ...ofNginx },
      ),
    ]);
  });

  it('joins with one slash', () => {
    const target = (prefix: string, rewritePrefix: string) => {
      const routes = [route('app', { prefix, rewritePrefix })];
      return render(ofClass('nginx', ['a.example.com'], routes), nginxWorld).manifests.map(({ metadata, spec }) => [
        metadata.annotations?.['nginx.ingress.kubernetes.io/rewrite-target'],
        (spec as { rules: { http: { paths: { path: string }[] } }[] }).rules[0]?.http.paths[0]?.path,
      ]);
    };
    expect(target('/api', '/v1')).toEqual([['/v1$1$2', '/api(/|$)(.*)']]);
    expect(target('/api', '/')).toEqual([['/$2', '/api(/|$)(.*)']]);
    expect(target('/', '/v1')).toEqual([['/v1/$2', '/()(.*)']]);
  });

  it('to the same prefix is none, and leaves the host as it is', () => {
    const routes = [route('app', { prefix: '/app', rewritePrefix: '/app' })];
    expect(render(ofClass('nginx', ['a.example.com'], routes), nginxWorld)).toEqual({
      manifests: [ingress(base, { 'a.example.com': [path('/app')] }, ofNginx)],
      problems: [],
    });
  });

  it('that is edited stays in the same Ingress; two of one path on different hosts get two', () => {
    const names = (...routes: readonly ReturnType<typeof route>[]) =>
      render(ofClass('nginx', ['a.example.com', 'b.example.com'], routes), nginxWorld).manifests.map(
        ({ metadata, spec }) => [metadata.name, (spec as { rules: { host: string }[] }).rules.map(({ host }) => host)],
      );
    const both = ['a.example.com', 'b.example.com'];
    expect(names(stripped)).toEqual([['shop-nginx-path-app-02d47bdf', both]]);
    expect(names(route('renamed', { prefix: '/app', rewritePrefix: '/v1' }))).toEqual([
      ['shop-nginx-path-app-02d47bdf', both],
    ]);
    const own = route('own', { host: 'b.example.com', prefix: '/app', rewritePrefix: '/b' });
    expect(names(own, stripped)).toEqual([
      ['shop-nginx-path-app-02d47bdf', ['a.example.com']],
      ['shop-nginx-path-app-own-391cb5d9', ['b.example.com']],
    ]);
  });

  it('is refused where case alone keeps two paths of its host apart', () => {
    const routes = [stripped, route('upper', { prefix: '/APP/x' }), route('other', { exact: '/b' })];
    expect(render(ofClass('nginx', ['a.example.com'], routes), nginxWorld)).toEqual({
      manifests: [],
      problems: [
        {
          code: 'AT0701',
          field: 'routes.app.prefix',
          message:
            'ingress-nginx compares the paths of a.example.com without regard to case, so routes upper and app would mix',
          fix: 'choose paths that differ in more than case, or remove the rewrites of that host',
        },
        withoutCase('routes.app.rewritePrefix'),
      ],
    });
    expect(refusals(ofClass('nginx', ['a.example.com'], routes.slice(1)), nginxWorld)).toEqual([]);
  });
});

describe('a host that apps share', () => {
  const other = (name: string, rewritten: boolean, over: object = {}) =>
    claim('a.example.com', name, [route('b', { prefix: '/b', ...(rewritten ? { rewritePrefix: '/' } : {}) })], over);
  const own = (over: object = {}) => claim('a.example.com', 'shop', [], over);
  const live = { liveRoutes: ['b'] };
  const verdict = (rewritten: boolean, ...hosts: World['hosts']) =>
    refusals(ofClass('nginx', ['a.example.com'], [rewritten ? stripped : route('all', { prefix: '/app' })]), {
      ...nginxWorld,
      hosts,
    }).filter((text) => text.startsWith('AT0701'));
  const ofRewrite = ['AT0701 routes.app.rewritePrefix'];
  const ofHost = ['AT0701 host a.example.com'];

  it('is served without rewrites', () => {
    expect(verdict(false, other('blog', false), other('stats', false))).toEqual([]);
  });

  it('keeps a rewrite out, and a rewriting app that was first keeps others out', () => {
    expect(verdict(true, other('blog', false))).toEqual(ofRewrite);
    expect(verdict(true, own({ created: '2026-11-18T00:00:00Z' }), other('blog', false))).toEqual([]);
    expect(verdict(false, other('blog', true))).toEqual(ofHost);
    expect(verdict(false, own({ created: '2026-11-18T00:00:00Z' }), other('blog', true))).toEqual([]);
  });

  it('goes to who is live, and of live apps to those that do not rewrite', () => {
    expect(verdict(true, own(live), other('blog', false))).toEqual([]);
    expect(verdict(false, own(live), other('blog', true))).toEqual([]);
    expect(verdict(false, own(live), other('blog', true, live))).toEqual([]);
    expect(verdict(true, own({ ...live, created: '2026-11-18T00:00:00Z' }), other('blog', false, live))).toEqual(
      ofRewrite,
    );
    expect(verdict(false, own(), other('blog', true, live))).toEqual(ofHost);
  });

  it('counts a rewriting app that is refused itself for nothing', () => {
    const created = '2026-11-18T00:00:00Z';
    expect(verdict(false, other('blog', false, { created }), other('stats', true))).toEqual([]);
  });

  it('says why, without the other app’s name', () => {
    const hosts = [other('blog', true)];
    const plainRoute = [route('all', { prefix: '/app' })];
    expect(render(ofClass('nginx', ['a.example.com'], plainRoute), { ...nginxWorld, hosts }).problems).toEqual([
      {
        code: 'AT0701',
        field: 'host a.example.com',
        message:
          "another app rewrites paths of a.example.com, and ingress-nginx would then match this app's paths by characters",
        fix: 'use a host of its own for this app',
      },
    ]);
    expect(render(ofClass('nginx', ['a.example.com'], [stripped]), { ...nginxWorld, hosts }).problems).toEqual([
      {
        code: 'AT0701',
        field: 'routes.app.rewritePrefix',
        message:
          "ingress-nginx applies a rewrite's regular expressions to the whole host, and another app shares a.example.com",
        fix: 'remove the rewrite, or serve it on a host of its own',
      },
      withoutCase('routes.app.rewritePrefix'),
    ]);
  });

  it('is shared with who names no class where the class is the default', () => {
    const isDefault = { ...nginxWorld, ingressClasses: [{ ...nginx, isDefault: true }] };
    const hosts = [other('blog', false, { edge: 'ingress/' })];
    const over = ofClass('nginx', ['a.example.com'], [stripped]);
    expect(refusals(over, { ...isDefault, hosts })).toContain('AT0701 routes.app.rewritePrefix');
    expect(refusals(over, { ...nginxWorld, hosts })).not.toContain('AT0701 routes.app.rewritePrefix');
  });

  it('is not shared with who claims it elsewhere or in another namespace', () => {
    expect(verdict(true, other('blog', false, { edge: 'generated' }))).toEqual([]);
    expect(verdict(true, other('blog', false, { app: { namespace: 'far', name: 'blog' } }))).toEqual([]);
  });
});

describe('paths', () => {
  it.each(['/a~b', '/etc/nginx', '/etc/passwd', '/var/run/secrets/x', '/x_by_lua_block'])(
    '%s is refused: the controller would drop the Ingress',
    (prefix) => {
      expect(refusals(ofClass('nginx', ['a.example.com'], [route('all', { prefix })]), nginxWorld)).toEqual([
        'AT0701 routes.all.prefix',
      ]);
    },
  );

  it('that are exact and end in a slash differ: nginx redirects to them', () => {
    const routes = [route('slash', { exact: '/b/' }), route('bare', { exact: '/c' }), route('root', { exact: '/' })];
    expect(render(ofClass('nginx', ['a.example.com'], routes), nginxWorld)).toEqual({
      manifests: [
        ingress(base, { 'a.example.com': [path('/', 'Exact'), path('/b/', 'Exact'), path('/c', 'Exact')] }, ofNginx),
      ],
      problems: [
        {
          code: 'AT0702',
          field: 'routes.slash.exact',
          message:
            'on ingress-nginx a request for /b is answered with a redirect to /b/ where no route has the path /b',
          fix: 'give /b a route, or use match.prefix',
        },
      ],
    });
  });

  it('and replacements of characters that nginx reads are refused', () => {
    const to = (rewritePrefix: string) =>
      refusals(ofClass('nginx', ['a.example.com'], [route('all', { prefix: '/a', rewritePrefix })]), nginxWorld).filter(
        (text) => text.startsWith('AT0701'),
      );
    for (const text of ['/$1', '/a;', '/a b', '/a\n', '/"', '/{x}', 'x', '//x']) {
      expect([text, to(text)]).toEqual([text, ['AT0701 routes.all.rewritePrefix']]);
    }
  });
});

describe('what is not written for ingress-nginx', () => {
  it('is refused', () => {
    const routes = [
      route('all', {
        methods: ['GET'],
        headers: [{ name: 'x-beta', value: '1' }],
        fault: { abort: { status: 503, percent: 1 } },
        sticky: { cookie: 'side' },
        mirror: { backend: { kind: 'App', name: 'app' }, percent: 100 },
        timeout: 1000,
        retries: { attempts: 1 },
      }),
      route('away', { redirect: { code: 302, path: '/x' } }),
      route('gone', { unavailable: true }),
    ];
    expect(refusals(ofClass('nginx', ['a.example.com'], routes), nginxWorld)).toEqual([
      'AT0701 routes.all.fault',
      'AT0701 routes.all.headers',
      'AT0701 routes.all.methods',
      'AT0701 routes.all.mirror',
      'AT0701 routes.all.retries',
      'AT0701 routes.all.sticky',
      'AT0701 routes.all.timeout',
      'AT0701 routes.away.redirect',
      'AT0701 routes.gone.unavailable',
    ]);
  });
});
