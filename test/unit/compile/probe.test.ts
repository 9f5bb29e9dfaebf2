import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { compile } from '../../../src/compile/compile.ts';
import type { HostClaim } from '../../../src/model/host-claim.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { world } from '../policy/samples.ts';
import { appObject } from '../reconcile/app-object.ts';

const platform = { ...builtInPlatform(), provider: 'Istio' as const };

/** What is asked, and what AT0306 says. */
function probed(external: object, hosts: readonly HostClaim[] = [], more: object = {}) {
  const parsed = parseAppTraffic(appObject('shop', { hosts: ['shop.example.com'], external, ...more }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const namespaces = [{ name: 'team', mesh: 'Sidecar' as const }];
  const { probe, problems } = compile(parsed.value, { ...world, platform, namespaces, hosts });
  return { probe, problems: problems.filter(({ code }) => code === 'AT0306') };
}

const probe = { path: '/healthz' };
const url = 'http://shop.example.com/healthz';
const fixed = (status: number) => [{ name: 'fixed', match: { exact: '/healthz' }, respond: { status } }];

describe('the probe of an app', () => {
  it('asks for its path at the address that clients use, and expects 200', () => {
    expect(probed({ probe })).toEqual({ probe: { url, expect: 200 }, problems: [] });
    expect(probed({ probe: { path: '/a', expect: 204 }, tls: { secretName: 'team-tls' } })).toEqual({
      probe: { url: 'https://shop.example.com/a', expect: 204 },
      problems: [],
    });
    expect(probed({}).probe).toBeUndefined();
  });

  it('has nobody to ask where the only exact host belongs to another app', () => {
    const claim: HostClaim = {
      app: { namespace: 'other', name: 'first' },
      host: 'shop.example.com',
      edge: 'generated',
      httpsRedirect: false,
      routes: [],
      liveRoutes: [],
      created: '2020-01-01T00:00:00Z',
    };
    expect(probed({ probe }, [claim]).probe).toEqual({ expect: 200 });
  });

  it('is a Warning where the spec itself answers with another code, and none where it is the one that is expected', () => {
    const says = (status: number, why: string) => [
      {
        code: 'AT0306',
        field: 'spec.external.probe',
        message: `the probe never gets 200: ${url} is answered with ${status}, because ${why}`,
        fix: `ask for a path that a backend answers, or expect ${status}`,
      },
    ];
    expect(probed({ probe, routes: fixed(503) }).problems).toEqual(says(503, 'route fixed answers by itself'));
    expect(probed({ probe: { ...probe, expect: 503 }, routes: fixed(503) }).problems).toEqual([]);
    expect(probed({ probe, routes: [{ name: 'old', redirect: { path: '/new' } }] }).problems).toEqual(
      says(302, 'route old redirects'),
    );
    expect(probed({ probe, routes: [{ name: 'api', match: { prefix: '/api' } }] }).problems).toEqual(
      says(404, 'no route for shop.example.com matches'),
    );
    expect(probed({ probe, routes: [{ name: 'all', fault: { abort: 500 } }] }).problems).toEqual(
      says(500, 'the fault of route all aborts every request'),
    );
    expect(probed({ probe, routes: [{ name: 'all', fault: { abort: 500, abortPercent: 50 } }] }).problems).toEqual([]);
  });

  it('is none where another app has a say in the host, since the request may be its own', () => {
    const claim: HostClaim = {
      app: { namespace: 'team', name: 'rest' },
      host: '*.example.com',
      edge: 'generated',
      httpsRedirect: false,
      routes: [],
      created: '2030-01-01T00:00:00Z',
    };
    const routes = [{ name: 'api', match: { prefix: '/api' } }];
    expect(probed({ probe, routes }, [claim]).problems).toEqual([]);
    expect(probed({ probe, routes: fixed(503) }, [claim]).problems).toHaveLength(1);
  });
});
