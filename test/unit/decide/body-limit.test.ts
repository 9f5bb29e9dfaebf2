import type { Decision } from '../../../src/decide/decision.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { ServedModel } from '../../../src/model/profile.ts';
import { canary, external, route, stable, tls } from '../translate/models.ts';
import { ask, brief, differing, question, served } from './questions.ts';

const limit = { maxBodyBytes: { value: 10, at: 'spec.external.maxBodySize' } };
const forward = [
  { backend: canary, weight: 10 },
  { backend: stable, weight: 90 },
];
const routes = [
  route('gone', { prefix: '/gone', respond: { status: 410 } }),
  route('moved', { prefix: '/moved', redirect: { path: '/', code: 302 } }),
  route('aborted', { prefix: '/aborted', forward, fault: { abort: { status: 500, percent: 100 } } }),
  route('rest', { forward, responseHeaders: { set: [{ name: 'x-told', value: 'yes' }], add: [], remove: [] } }),
];
const app = served({ external: external(['shop.example.com'], routes, limit) });

/** The decision for a body of so many bytes. */
function sending(
  bytes: number,
  text: string,
  apps: readonly ServedModel[] = [app],
  headers: readonly string[] = [],
): Decision {
  const asked = question(apps, text, { headers });
  return decide({ ...asked, request: { ...asked.request, bodyBytes: bytes } });
}

describe('a limit of bodies on Istio', () => {
  const url = 'http://shop.example.com';

  it('lets a body of its size through, and answers one byte more with 413 at the pod, whatever the method', () => {
    expect(brief(sending(10, `POST ${url}/`))).toBe('rest -> canary 10, stable 90 at /');
    for (const method of ['POST', 'GET', 'DELETE']) {
      expect(sending(11, `${method} ${url}/`)).toMatchObject({
        outcome: 'deny',
        status: 413,
        route: 'rest',
        why: 'the body has 11 bytes, and maxBodySize of team/shop is 10',
        responseHeaders: { set: [{ name: 'x-told', value: 'yes' }] },
      });
    }
  });

  it('is none for what no pod sees: redirects, fixed answers, preflights and aborts', () => {
    expect([sending(11, `POST ${url}/gone`).status, sending(11, `POST ${url}/aborted`).status]).toEqual([410, 500]);
    expect(brief(sending(11, `POST ${url}/moved`))).toBe('302 http://shop.example.com/');
  });

  it('is none for a request that opens a websocket, nor for callers inside the mesh', () => {
    const opening = ['Connection: Upgrade', 'Upgrade: websocket'];
    expect(sending(11, `GET ${url}/`, [app], opening).forwarded?.websocket).toBe(true);
    expect(brief(sending(11, 'POST http://shop.team/'))).toBe('Service -> app at /');
  });

  it('is that of the app whose request it is', () => {
    const other = served({ app: { namespace: 'team', name: 'other' }, external: external(['other.example.com']) });
    expect(sending(11, 'POST http://other.example.com/', [app, other]).outcome).toBe('route');
  });
});

describe('a limit of bodies on other providers', () => {
  const first = differing({ largeBody: 'First', unlimitedBody: 'Unknown' });

  it('may come before the redirect to https, which is told', () => {
    const secure = served({ external: external(['shop.example.com'], [route('rest')], { ...limit, ...tls }) }, first);
    expect(sending(11, 'POST http://shop.example.com/', [secure])).toMatchObject({
      outcome: 'respond',
      status: 413,
      route: 'rest',
      notes: ['on other largeBody'],
    });
    expect(sending(10, 'POST http://shop.example.com/', [secure]).status).toBe(308);
  });

  it('comes after the choice of a route, so that a path of nobody is answered with 404', () => {
    const narrow = served(
      { external: external(['shop.example.com'], [route('api', { prefix: '/api' })], limit) },
      first,
    );
    expect(sending(11, 'POST http://shop.example.com/', [narrow]).status).toBe(404);
  });

  it('may be one that the app did not ask for, which is told of requests with a body', () => {
    const unlimited = served({ external: external(['shop.example.com']) }, first);
    expect(sending(11, 'POST http://shop.example.com/', [unlimited]).notes).toEqual(['on other unlimitedBody']);
    expect(ask([unlimited], 'POST http://shop.example.com/').notes).toEqual([]);
  });
});
