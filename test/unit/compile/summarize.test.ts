import { summarize } from '../../../src/compile/summarize.ts';
import type { Backend } from '../../../src/model/backend.ts';
import type { External, Traffic } from '../../../src/model/traffic.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { sketch } from '../model/routes.ts';
import { external, internal, platform, traffic } from '../policy/samples.ts';

const subset = (name: string): Backend => ({
  kind: 'Subset',
  name,
  labels: { version: name },
  at: `spec.backends.${name}`,
});
const host = (value: string) => ({ value, at: 'spec.external.hosts[0]' });
const tls = { value: { secretName: 'shop-tls' }, at: 'spec.external.tls' };

/** Sums up an app of which everything is granted. */
const sum = (app: Traffic) => summarize(app, app, platform);
const served = (more: Partial<External>): Traffic => {
  const { internal: _, ...app } = traffic;
  return { ...app, external: { ...external, ...more } };
};

describe('the summary of an app', () => {
  it('without external and internal is a Service', () => {
    const { external: _, internal: __, ...plain } = traffic;
    expect(sum(plain)).toEqual({ split: '', provider: '', mtls: '', text: 'Service only' });
  });

  it('counts hosts, routes and callers, and names the mode of mutual TLS', () => {
    const allow = {
      value: [
        { app: 'checkout', at: 'a' },
        { app: 'cart', at: 'b' },
      ],
      at: 'spec.internal.allow',
    };
    const routes = [sketch({ name: 'a' }), sketch({ name: 'b', position: 1 }), sketch({ name: 'c', position: 2 })];
    const app: Traffic = {
      ...served({ hosts: [host('*.shop.example.com'), host('shop.example.com')], routes }),
      internal: { ...internal, mtls: { mode: 'Strict', exceptPorts: [], at: 'spec.internal.mtls' }, allow },
    };
    expect(sum(app)).toEqual({
      url: 'http://shop.example.com',
      split: '',
      provider: 'Istio',
      mtls: 'Strict',
      text: '2 hosts, 3 routes, mTLS Strict, 2 callers',
    });
  });

  it('says 0 callers where allow lets nobody in, and nothing where nobody is restricted', () => {
    const { external: _, ...inside } = traffic;
    const texts = [{ value: [], at: 'spec.internal.allow' }, undefined].map((allow) => {
      const { allow: __, mtls: ___, ...open } = internal;
      return sum({ ...inside, internal: { ...open, ...(allow === undefined ? {} : { allow }) } }).text;
    });
    expect(texts).toEqual(['0 callers', 'Service only']);
  });

  it('says who moves the weights instead of what they are, backends without one among them', () => {
    const split = [{ backend: subset('stable'), weight: 100 }];
    const weightsManagedBy = {
      value: { by: 'ArgoRollouts', idle: [subset('canary')] },
      at: 'spec.weightsManagedBy',
    } as const;
    expect(sum({ ...served({}), split, weightsManagedBy })).toMatchObject({
      split: 'canary / stable by ArgoRollouts',
      text: '1 host, 1 route, weights by ArgoRollouts',
    });
    const { split: own, ...app } = served({});
    expect(
      sum({ ...app, split: own, weightsManagedBy: { ...weightsManagedBy, value: { by: 'ArgoRollouts', idle: [] } } }),
    ).toMatchObject({
      split: '',
    });
  });

  it.each<readonly [string, Partial<External>, string | undefined]>([
    ['https where TLS is served', { tls }, 'https://shop.example.com'],
    ['http without', {}, 'http://shop.example.com'],
    [
      'the first exact host',
      { hosts: [host('*.example.com'), host('b.example.com'), host('a.example.com')] },
      'http://b.example.com',
    ],
    ['none for a wildcard', { hosts: [host('*.example.com')] }, undefined],
    ['none without a granted host', { hosts: [] }, undefined],
  ])('has a URL: %s', (_, more, url) => {
    expect(sum(served(more)).url).toBe(url);
  });

  it('has an https URL on a named gateway that has certificates of its own, or that a proxy with some stands before', () => {
    const edge = { kind: 'NamedGateway', namespace: 'istio-ingress', name: 'public', at: '' } as const;
    const app = served({ hosts: [host('shop.example.com')], edge });
    const urlWith = (more: object): string | undefined =>
      summarize(app, app, { gateways: platform.gateways.map((one) => ({ ...one, tls: false, ...more })) }).url;
    expect([urlWith({ tls: true }), urlWith({ tlsTerminatedBefore: true }), urlWith({})]).toEqual([
      'https://shop.example.com',
      'https://shop.example.com',
      'http://shop.example.com',
    ]);
  });

  it('takes hosts and routes from what is served, split and provider from what is asked', () => {
    const asked = served({ edge: { kind: 'Ingress', at: 'spec.external.provider' } });
    const refused = served({ hosts: [], routes: [] });
    expect(summarize(asked, refused, platform)).toEqual({
      split: '',
      provider: 'Ingress',
      mtls: '',
      text: '0 hosts, 0 routes',
    });
  });

  it('counts ports for TCP connections, and an app without hosts has no URL', () => {
    const tcp = [5432, 6379].map((listen) => ({ at: '', listen, route: sketch({ name: `tcp-${listen}` }) }));
    const [beside, alone] = [served({ tcp }), served({ hosts: [], routes: [], tcp: tcp.slice(0, 1) })].map(sum);
    expect([beside?.text, alone?.text, alone?.url]).toEqual([
      expect.stringMatching(/^1 host, 1 route, 2 TCP ports/),
      expect.stringMatching(/^1 TCP port/),
      undefined,
    ]);
  });

  it('shows a split in the order of the model, also when one backend gets all', () => {
    const weighted = (...parts: readonly (readonly [string, number])[]) =>
      parts.map(([name, weight]) => ({ backend: subset(name), weight }));
    const splits = [weighted(['canary', 10], ['stable', 90]), weighted(['stable', 100])];
    expect(splits.map((split) => sum({ ...traffic, split }).split)).toEqual(['canary 10 / stable 90', 'stable 100']);
  });

  it('names the port of the gateway where it is not the own one of the scheme', () => {
    const on = (ports: { readonly http: number; readonly https: number }, more: Partial<External>) => {
      const gateways = builtInPlatform().gateways.map((entry) => ({ ...entry, ports }));
      const app = served({ hosts: [host('shop.example.com')], ...more });
      return summarize(app, app, { ...platform, gateways }).url;
    };
    const ports = { http: 8080, https: 8443 };
    expect([on(ports, {}), on(ports, { tls })]).toEqual([
      'http://shop.example.com:8080',
      'https://shop.example.com:8443',
    ]);
    const ingress: External['edge'] = { kind: 'Ingress', at: 'spec.external' };
    expect(on(ports, { edge: ingress, tls })).toBe('https://shop.example.com');
  });
});
