import type { External, Traffic } from '../../../src/model/traffic.ts';
import { featureGates } from '../../../src/policy/feature-gates.ts';
import { external, platform, traffic, world } from './samples.ts';

const limited = (over: Partial<External> = {}): Traffic => ({
  ...traffic,
  external: { ...external, maxBodyBytes: { value: 10, at: 'spec.external.maxBodySize' }, ...over },
});
const open = { ...world, platform: { ...platform, featureGates: { EnvoyFilter: true, CertManager: true } } };

describe('external.maxBodySize', () => {
  test('is refused on Istio while the gate EnvoyFilter is closed, which is named', () => {
    expect(featureGates(limited(), world).problems).toEqual([
      {
        code: 'AT0703',
        field: 'spec.external.maxBodySize',
        message: 'the platform has not opened the feature gate EnvoyFilter, which external.maxBodySize needs on Istio',
        fix: 'remove external.maxBodySize, or ask the platform team to open it (settings, featureGates.EnvoyFilter)',
      },
    ]);
    expect(featureGates(limited(), open).problems).toEqual([]);
  });

  test('needs no gate on Ingress', () => {
    expect(featureGates(limited({ edge: { kind: 'Ingress', at: '' } }), world).problems).toEqual([]);
  });

  test('is not asked for by an app that says nothing of it', () => {
    expect(featureGates({ ...traffic, external }, world).problems).toEqual([]);
  });
});

describe('rateLimit', () => {
  const limit = { requests: 5, perSeconds: 1, burst: 5 } as const;
  const [first] = external.routes;
  if (first === undefined) throw new Error('the sample has a route');
  const own = { ...first.features, rateLimit: { value: limit, at: 'spec.external.routes[0].rateLimit' } };
  const app: Traffic = {
    ...traffic,
    external: {
      ...external,
      rateLimit: { value: limit, at: 'spec.external.rateLimit' },
      routes: [{ ...first, features: own }],
    },
  };

  test('is refused while the gate is closed, wherever it stands', () => {
    expect(featureGates(app, world).problems.map(({ field, fix }) => [field, fix])).toEqual([
      [
        'spec.external.rateLimit',
        'remove external.rateLimit, or ask the platform team to open it (settings, featureGates.EnvoyFilter)',
      ],
      [
        'spec.external.routes[0].rateLimit',
        'remove rateLimit, or ask the platform team to open it (settings, featureGates.EnvoyFilter)',
      ],
    ]);
    expect(featureGates(app, open).problems).toEqual([]);
  });

  test('needs none where it only says that there is no limit', () => {
    const none = { ...first.features, rateLimit: { value: 'None' as const, at: '' } };
    const free: Traffic = { ...traffic, external: { ...external, routes: [{ ...first, features: none }] } };
    expect(featureGates(free, world).problems).toEqual([]);
  });
});
