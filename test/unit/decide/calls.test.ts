import { decideConnection } from '../../../src/decide/connection.ts';
import type { Call } from '../../../src/model/call.ts';
import type { ServedModel } from '../../../src/model/profile.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { adminPort, dbPort, external, httpPort, internal, platform, route } from '../translate/models.ts';
import { accountOf, ask, brief, question, served } from './questions.ts';
import type { Asking } from './questions.ts';

const from = 'team/web';
const callee = (over: Partial<Traffic> = {}): ServedModel =>
  served({ ports: [adminPort, dbPort, httpPort], internal: internal({}), ...over });
const web = (calls: readonly Call[] | undefined, name = 'web'): ServedModel =>
  served({
    app: { namespace: 'team', name },
    serviceAccount: 'web',
    service: { name, type: 'ClusterIP', annotations: {}, at: '' },
    internal: internal(calls === undefined ? {} : { calls: { at: '', value: calls } }),
  });
const app = (name: string, namespace = 'team'): Call => ({ kind: 'App', app: name, namespace, at: '' });
const host = (name: string, port = 443): Call => ({ kind: 'Host', host: name, port, at: '' });
const kubeAPI: Call = { kind: 'KubeAPI', at: '' };

/** The answer to a request of team/web, whose one app lists these calls. */
const answer = (calls: readonly Call[], url: string, asking: Asking = {}): string =>
  brief(ask([callee(), web(calls)], url, { from, ...asking }));
const connect = (apps: readonly ServedModel[], authority: string, asking: Asking = {}) => {
  const { request: _, ...rest } = question(apps, 'http://x/', { from, ...asking });
  return decideConnection({ ...rest, authority });
};

describe('calls', () => {
  it('lets out what it lists, on every port and under every name, and nothing else', () => {
    expect([
      answer([app('shop')], 'http://shop/'),
      answer([app('shop')], 'http://SHOP.team.svc.cluster.local.:81/'),
      answer([app('shop')], 'http://cart/'),
      answer([app('cart')], 'http://shop/'),
      answer([app('shop', 'other')], 'http://shop/'),
      answer([], 'http://web/'),
      answer([app('web')], 'http://web/'),
    ]).toEqual([
      'Service -> app at /',
      'Service -> app at /',
      '502',
      'deny: no answer',
      'deny: no answer',
      'deny: no answer',
      'web/Service -> app at /',
    ]);
  });

  it('is the answer of the own sidecar: no app decides', () => {
    expect(ask([callee(), web([app('web')])], 'http://shop/', { from })).toEqual({
      outcome: 'deny',
      status: 502,
      candidates: [],
      why: "calls of team/web does not list Service team/shop: the caller's own sidecar answers",
      notes: [],
    });
    expect(ask([callee(), web([kubeAPI])], 'http://elsewhere.example.com/', { from })).toEqual({
      outcome: 'deny',
      candidates: [],
      why: "calls of team/web does not list elsewhere.example.com:80: the caller's own sidecar closes the connection",
      notes: [],
    });
  });

  it('resolves an app to the Service of its AppTraffic, served or not, and else to the Service of its name', () => {
    const stock = callee({ service: { name: 'stock', type: 'ClusterIP', annotations: {}, at: '' } });
    const asked = (calls: readonly Call[], asking: Asking = {}) =>
      brief(ask([stock, web(calls)], 'http://stock/', { from, ...asking }));
    const accounts = [
      accountOf(web([]).traffic),
      { ...accountOf(stock.traffic), app: { namespace: 'team', name: 'old' } },
    ];
    expect([
      asked([app('shop')]),
      asked([app('stock')]),
      asked([app('stock')], {
        accounts: [{ app: { namespace: 'team', name: 'stock' }, serviceAccount: '', service: 'x' }],
      }),
      asked([app('old')], { accounts }),
    ]).toEqual(['Service -> app at /', 'Service -> app at /', 'deny: no answer', 'Service -> app at /']);
  });

  it('leaves callers alone whose apps have none, those of another identity, and those without one', () => {
    const apps = [callee(), web([])];
    expect([
      brief(ask([callee(), web(undefined)], 'http://shop/', { from })),
      brief(ask(apps, 'http://shop.team/', { from: 'team/other' })),
      brief(ask(apps, 'http://shop.team/', { from: 'other/web' })),
      brief(ask(apps, 'http://shop.team/')),
    ]).toEqual(Array(4).fill('Service -> app at /'));
  });

  it('of several apps with one ServiceAccount refuses where all do; else notes say whose pods are refused', () => {
    const asked = (...apps: readonly ServedModel[]) => {
      const { outcome, notes, why } = ask([callee(), ...apps], 'http://shop/', { from });
      return { outcome, notes, why };
    };
    const note = 'calls of team/b does not list Service team/shop: sidecars of its pods refuse this';
    const noted = {
      outcome: 'route',
      notes: [note],
      why: 'there are no routes inside the mesh, so the plain Service takes it',
    };
    expect([asked(web([app('shop')], 'a'), web([], 'b')), asked(web(undefined, 'a'), web([], 'b'))]).toEqual([
      noted,
      noted,
    ]);
    expect(asked(web([], 'b'), web([], 'a'))).toEqual({
      outcome: 'deny',
      notes: [],
      why: "calls of team/a does not list Service team/shop, and calls of team/b does not list Service team/shop: the caller's own sidecar closes the connection",
    });
    expect(connect([callee(), web([app('shop')], 'a'), web([], 'b')], 'shop.team:5432').notes).toEqual([note]);
  });

  it('answers 502 where something that is listed speaks http on that port, and else closes the connection', () => {
    const twoPorts = [
      callee({
        app: { namespace: 'team', name: 'two' },
        service: { name: 'two', type: 'ClusterIP', annotations: {}, at: '' },
      }),
    ];
    const asked = (calls: readonly Call[], url: string, asking: Asking = {}) =>
      ask([callee(), web(calls), ...twoPorts], url, { from, ...asking });
    const unknown = 'where a listed Service that no AppTraffic here has speaks http on port 80, it answers 502';
    expect([
      asked([app('two')], 'http://shop/').status,
      asked([app('two')], 'http://shop:81/').status,
      asked([app('two')], 'http://shop:5432/').status,
      asked([app('two')], 'https://shop:81/').status,
      asked([host('a.example.com', 80)], 'http://shop/').status,
      asked([host('a.example.com', 80)], 'http://shop:81/').status,
      asked([host('a.example.com')], 'http://shop/').status,
      asked([kubeAPI], 'http://shop/').notes,
      asked([app('stranger')], 'http://shop/').notes,
      asked([], 'http://shop/', {
        platform: { ...platform, calls: { always: [{ namespace: 'tracing', service: 'zipkin' }] } },
      }).notes,
    ]).toEqual([502, 502, undefined, undefined, 502, undefined, undefined, [], [unknown], [unknown]]);
  });

  it('answers as any proxy to what no proxy takes', () => {
    const odd = (text: string, headers: readonly string[] = []) =>
      ask([callee(), web([app('web')])], text, { from, headers }).status;
    expect([
      odd('http://shop/a%00b'),
      odd('BREW http://shop/'),
      odd('http://shop/', ['connection: upgrade', 'upgrade: irc']),
    ]).toEqual([400, 400, 403]);
  });

  it('never lets out to what only stands for another name, and is nothing for an app that does', () => {
    const alias = callee({
      service: { name: 'shop', type: 'ExternalName', externalName: 'a.example.net', annotations: {}, at: '' },
    });
    expect([
      brief(ask([alias, web([app('shop')])], 'http://shop/', { from })),
      brief(
        ask(
          [callee(), { ...web([]), traffic: { ...web([]).traffic, service: alias.traffic.service } }],
          'http://shop.team/',
          { from },
        ),
      ),
    ]).toEqual(['deny: no answer', 'Service -> app at /']);
  });

  it('lets out to Services that the platform lists for everybody', () => {
    const always = { ...platform, calls: { always: [{ namespace: 'team', service: 'shop' }] } };
    expect([
      answer([], 'http://shop/', { platform: always }),
      answer([], 'http://shop.team.svc:81/', { platform: always }),
    ]).toEqual(['Service -> app at /', 'Service -> app at /']);
  });

  it('lets out to servers elsewhere by their name and port: http on 80, TLS on any other', () => {
    const shop = callee({ external: external(['shop.example.com'], [route('all')]) });
    const asked = (calls: readonly Call[], url: string) => brief(ask([shop, web(calls)], url, { from }));
    expect([
      asked([host('shop.example.com', 80)], 'http://shop.example.com/'),
      asked([host('shop.example.com', 443)], 'http://shop.example.com:443/'),
      asked([host('shop.example.com', 8080)], 'http://shop.example.com:8080/'),
      asked([host('shop.example.com', 80)], 'https://shop.example.com:80/'),
      asked([host('other.example.com', 80)], 'http://shop.example.com/'),
      asked([host('shop.example.com', 80)], 'http://shop/'),
      ask([shop, web([host('shop.example.com')])], 'https://shop.example.com/', { from }).why,
    ]).toEqual([
      'all -> app at /',
      'deny: no answer',
      'deny: no answer',
      'deny: no answer',
      '502',
      '502',
      'no TLS is served for shop.example.com, so an https request gets no answer',
    ]);
  });

  it('takes the ports of a server elsewhere from all apps of the namespace', () => {
    const shop = callee({ external: external(['shop.example.com'], [route('all')]) });
    const other = web([host('shop.example.com', 80)], 'other');
    const lists = { ...other, traffic: { ...other.traffic, serviceAccount: 'other' } };
    const elsewhere = { ...lists, traffic: { ...lists.traffic, app: { namespace: 'orders', name: 'other' } } };
    const asked = (...apps: readonly ServedModel[]) =>
      brief(ask([shop, ...apps], 'http://shop.example.com/', { from }));
    expect([
      asked(web([host('shop.example.com')]), lists),
      asked(web([host('shop.example.com')]), elsewhere),
      asked(web([host('a.example.com')]), lists),
    ]).toEqual(['all -> app at /', 'deny: no answer', 'deny: no answer']);
  });

  it('lets out to Services that no app has, where they are listed', () => {
    const why = (calls: readonly Call[], url: string) => ask([callee(), web(calls)], url, { from }).why;
    expect([
      why([app('stranger')], 'http://stranger/'),
      why([app('stranger', 'x')], 'http://stranger.x/'),
      why([app('stranger', 'x')], 'http://stranger.x.svc.cluster.local/'),
      why([kubeAPI], 'https://kubernetes.default.svc/'),
      why([app('stranger', 'x')], 'http://stranger.x.example.com/'),
    ]).toEqual([
      "no app's Service is called stranger in team",
      'no app holds the host stranger.x',
      "no app's Service is called stranger.x.svc.cluster.local in team",
      "no app's Service is called kubernetes.default.svc in team",
      "calls of team/web does not list stranger.x.example.com:80: the caller's own sidecar closes the connection",
    ]);
  });
});

describe('calls and TCP connections', () => {
  it('is closed where the Service is not listed, whatever else is', () => {
    const closed = {
      outcome: 'deny',
      candidates: [],
      why: "calls of team/web does not list Service team/shop: the caller's own sidecar closes the connection",
      notes: [],
    };
    expect([
      connect([callee(), web([app('web')])], 'shop.team:5432'),
      connect([callee(), web([app('shop')])], 'shop.team:5432').outcome,
      connect([callee(), web([host('db.example.com', 5432)])], 'db.example.com:5432').why,
      connect([callee(), web([host('db.example.com', 80)])], 'db.example.com:80').outcome,
    ]).toEqual([closed, 'route', 'no app listens on port 5432 of the gateway, so the connection is refused', 'deny']);
  });
});
