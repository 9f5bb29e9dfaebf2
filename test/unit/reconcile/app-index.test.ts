import type { Manifest } from '../../../src/kube/manifest.ts';
import { AppIndex } from '../../../src/reconcile/app-index.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

type Spec = { hosts?: readonly string[]; allow?: readonly object[]; selector?: object; backends?: object };

function app(name: string, { hosts, allow, selector, backends }: Spec = {}, namespace = 'team'): Manifest {
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      port: 8080,
      ...(selector === undefined ? {} : { app: { selector } }),
      ...(backends === undefined ? {} : { backends }),
      ...(hosts === undefined ? {} : { external: { hosts } }),
      ...(allow === undefined ? {} : { internal: { allow } }),
    },
  };
}

function indexOf(...apps: readonly Manifest[]): AppIndex {
  const index = new AppIndex(builtInPlatform());
  for (const one of apps) index.put(one);
  return index;
}

describe('the index of apps', () => {
  it('wakes those that claim the same host, a wildcard above it, or a host below it', () => {
    const index = indexOf(
      app('exact', { hosts: ['a.example.com'] }),
      app('wild', { hosts: ['*.example.com'] }),
      app('deep', { hosts: ['x.y.example.com'] }),
      app('other', { hosts: ['a.example.org'] }),
    );
    expect(index.put(app('new', { hosts: ['a.example.com'] }))).toEqual(['team/deep', 'team/exact', 'team/wild']);
    expect(index.put(app('last', { hosts: ['b.example.net'] }))).toEqual([]);
  });

  it('wakes whoever meets a rival of the app, not only its own rivals', () => {
    const index = indexOf(
      app('a', { hosts: ['one.example.com'] }),
      app('b', { hosts: ['one.example.com', 'two.example.org'] }),
      app('c', { hosts: ['two.example.org'] }),
    );
    expect(index.remove('team/a')).toEqual(['team/b', 'team/c']);
  });

  it('says nothing when an update changes nothing that others see', () => {
    const index = indexOf(app('a', { hosts: ['a.example.com'] }), app('b', { hosts: ['a.example.com'] }));
    const same = app('a', { hosts: ['a.example.com'] });
    expect(index.put({ ...same, status: { observedGeneration: 1 } })).toEqual([]);
    expect(index.put(app('a', { hosts: ['c.example.com'] }))).toEqual(['team/b']);
  });

  it('wakes those that allow the app, and those that select the same pods', () => {
    const index = indexOf(
      app('shop', { allow: [{ app: 'checkout' }] }),
      app('far', { allow: [{ app: 'checkout', namespace: 'team' }] }, 'elsewhere'),
      app('twin', { selector: { app: 'checkout' } }),
    );
    expect(index.put(app('checkout'))).toEqual(['elsewhere/far', 'team/shop', 'team/twin']);
  });

  it('forgets an app with everything that it depended on', () => {
    const index = indexOf(
      app('a', { hosts: ['a.example.com'], backends: { b: { service: { name: 's', port: 80 } } } }),
    );
    expect(index.dependents(['service/team/s'])).toEqual(['team/a']);
    index.remove('team/a');
    expect(index.dependents(['service/team/s'])).toEqual([]);
    expect(index.keys()).toEqual([]);
  });

  it('keeps an app that the schema refuses, with its problems and without claims', () => {
    const index = indexOf({ ...app('bad'), spec: { port: 8080, colour: 'red' } });
    const entry = index.get('team/bad');
    expect(entry?.parsed.ok).toBe(false);
    expect(entry?.claims).toEqual([]);
  });
});
