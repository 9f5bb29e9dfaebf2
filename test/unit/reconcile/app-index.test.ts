import type { Manifest } from '../../../src/kube/manifest.ts';
import { AppIndex } from '../../../src/reconcile/app-index.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

type Spec = {
  hosts?: readonly string[];
  allow?: readonly object[];
  calls?: readonly object[];
  selector?: object;
  backends?: object;
  service?: object;
};

function app(name: string, { hosts, allow, calls, selector, ...rest }: Spec = {}, namespace = 'team'): Manifest {
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      port: 8080,
      ...(selector === undefined ? {} : { app: { selector } }),
      ...rest,
      ...(hosts === undefined ? {} : { external: { hosts } }),
      ...(allow === undefined ? {} : { internal: { allow } }),
      ...(calls === undefined ? {} : { internal: { calls } }),
    },
  };
}

function indexOf(...apps: readonly Manifest[]): AppIndex {
  const index = new AppIndex(builtInPlatform());
  for (const one of apps) index.put(one);
  return index;
}

describe('the index of apps', () => {
  it('wakes those of other namespaces that claim the same host, a wildcard above it, or a host below it', () => {
    const index = indexOf(
      app('exact', { hosts: ['a.example.com'] }, 'one'),
      app('wild', { hosts: ['*.example.com'] }, 'two'),
      app('other', { hosts: ['a.example.org'] }, 'two'),
    );
    expect(index.put(app('new', { hosts: ['a.example.com'] }))).toEqual(['one/exact', 'two/wild']);
    expect(index.put(app('new', { hosts: ['*.a.example.com'] }))).toEqual(['one/exact', 'two/wild']);
    expect(index.put(app('last', { hosts: ['b.example.net'] }))).toEqual([]);
  });

  it("wakes those of the same namespace that claim the same host, for the others stand in nobody's way", () => {
    const index = indexOf(
      app('exact', { hosts: ['a.example.com'] }),
      app('wild', { hosts: ['*.example.com'] }),
      app('deep', { hosts: ['x.y.example.com'] }),
    );
    expect(index.put(app('new', { hosts: ['a.example.com'] }))).toEqual(['team/exact']);
  });

  it('wakes whoever meets a rival of the app, not only its own rivals', () => {
    const index = indexOf(
      app('a', { hosts: ['x.example.com'] }, 'one'),
      app('b', { hosts: ['*.example.com', 'b.example.org'] }, 'two'),
      app('c', { hosts: ['y.example.com'] }, 'three'),
      app('d', { hosts: ['b.example.org'] }, 'three'),
    );
    expect(index.remove('one/a')).toEqual(['three/c', 'two/b']);
  });

  it('wakes nobody for a host that stays as it was beside one that changes', () => {
    const index = indexOf(
      app('a', { hosts: ['one.example.com', 'two.example.com'] }),
      app('b', { hosts: ['one.example.com'] }),
      app('c', { hosts: ['two.example.com'] }),
      app('d', { hosts: ['three.example.com'] }),
    );
    const edited = { hosts: ['one.example.com', 'three.example.com'] };
    expect(index.put(app('a', edited))).toEqual(['team/c', 'team/d']);
    expect(index.put(app('a', edited))).toEqual([]);
  });

  it('wakes one app when one of 200 below a wildcard takes the host of another', () => {
    const index = indexOf(
      app('wild', { hosts: ['*.example.com'] }),
      ...Array.from({ length: 200 }, (_, at) => app(`x${at}`, { hosts: [`x${at}.example.com`] })),
    );
    expect(index.put(app('x5', { hosts: ['free.example.com'] }))).toEqual([]);
    expect(index.put(app('x5', { hosts: ['x7.example.com'] }))).toEqual(['team/x7']);
  });

  it('takes every claim of an app for new when the object is another one', () => {
    const index = indexOf(app('a', { hosts: ['a.example.com'] }), app('b', { hosts: ['a.example.com'] }));
    const again = app('a', { hosts: ['a.example.com'] });
    expect(index.put({ ...again, metadata: { ...again.metadata, uid: 'another' } })).toEqual(['team/b']);
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

  it('wakes those whose pods call the app, and those whose pods call one of its servers elsewhere', () => {
    const server = (host: string, port: number): object => ({ host, port });
    const index = indexOf(
      app('shop', { calls: [{ app: 'checkout' }] }),
      app('far', { calls: [{ app: 'checkout', namespace: 'team' }] }, 'elsewhere'),
      app('near', { calls: [server('a.example.net', 443)] }),
      app('away', { calls: [server('a.example.net', 443)] }, 'elsewhere'),
    );
    expect([
      index.put(app('checkout', { service: { name: 'till' } })),
      index.put(app('checkout', { service: { name: 'till' }, calls: [server('a.example.net', 80)] })),
      index.put(app('checkout', { service: { name: 'till' }, calls: [server('b.example.net', 80)] })),
      index.rivals(index.get('team/near')?.traffic as never).map(({ key }) => key),
      index.dependents(['service/team/checkout']),
    ]).toEqual([
      ['elsewhere/far', 'team/shop'],
      ['elsewhere/far', 'team/near', 'team/shop'],
      ['elsewhere/far', 'team/near', 'team/shop'],
      [],
      ['elsewhere/far', 'team/shop'],
    ]);
  });

  it('wakes nobody who allows the app when only its hosts change', () => {
    const index = indexOf(app('shop', { allow: [{ app: 'checkout' }] }), app('checkout', { hosts: ['a.example.com'] }));
    expect(index.put(app('checkout', { hosts: ['b.example.com'] }))).toEqual([]);
    expect(index.remove('team/checkout')).toEqual(['team/shop']);
  });

  it('keeps what it knows of an app while only status and labels change', () => {
    const index = indexOf(app('a', { hosts: ['a.example.com'] }));
    const before = index.get('team/a');
    const object = { ...app('a', { hosts: ['a.example.com'] }), status: { observedGeneration: 1 } };
    expect(index.put(object)).toEqual([]);
    expect(index.get('team/a')).toEqual({ ...before, object });
    expect(index.get('team/a')?.traffic).toBe(before?.traffic);
  });

  it('refuses no app for a status that another version of the operator wrote', () => {
    const index = indexOf({ ...app('a'), status: { later: true } });
    expect(index.get('team/a')?.parsed.ok).toBe(true);
  });

  it('wakes those that would make the same Service, or refer to it, but none of another namespace', () => {
    const index = indexOf(
      app('a', { service: { name: 'web' } }),
      app('b', { service: { name: 'web' } }, 'other'),
      app('web', { selector: { app: 'x' } }),
      app('c', { selector: { app: 'c' }, service: { name: 'web', type: 'Existing' } }),
    );
    expect(index.put(app('new', { service: { name: 'web' } }))).toEqual(['team/a', 'team/web']);
    expect(index.put(app('new', { service: { name: 'api' } }))).toEqual(['team/a', 'team/web']);
    expect(index.dependents(['service/team/web'])).toEqual(['team/a', 'team/c', 'team/web']);
  });

  it('wakes those that send to its Service when its list of callers comes, changes and goes', () => {
    const docs = { docs: { service: { name: 'docs', namespace: 'wiki', port: 80 } } };
    const index = indexOf(app('shop', { hosts: ['a.example.com'], backends: docs }), app('docs', {}, 'wiki'));
    const callers = (...names: readonly string[]): { readonly allow: readonly { readonly app: string }[] } => ({
      allow: names.map((name) => ({ app: name })),
    });
    const put = (spec: Parameters<typeof app>[1]): readonly string[] => index.put(app('docs', spec, 'wiki'));
    expect([
      put({ hosts: ['docs.example.com'] }),
      put(callers('checkout')),
      put(callers('checkout', 'billing')),
      put({}),
      put({ service: { name: 'other' } }),
    ]).toEqual([[], ['team/shop'], ['team/shop'], ['team/shop'], []]);
  });

  it('finds an app by the hosts that its live objects carry, and wakes its rivals when these change', () => {
    const rivals = [app('b', { hosts: ['x.example.com'] }, 'two'), app('c', { hosts: ['*.example.com'] }, 'three')];
    const index = indexOf(app('a'), ...rivals);
    const found = (): readonly unknown[] =>
      index
        .contenders([{ app: { namespace: 'two', name: 'b' }, host: 'x.example.com' }])
        .toSorted((a, b) => (a.entry.key < b.entry.key ? -1 : 1))
        .map(({ entry, claims, carried }) => [entry.key, claims.map(({ host }) => host), carried]);
    expect(index.carry('team/a', new Map([['x.example.com', 'one']]))).toEqual(['three/c', 'two/b']);
    expect(index.carry('team/a', new Map([['x.example.com', 'one']]))).toEqual([]);
    expect(index.carry('team/a', new Map([['x.example.com', 'two']]))).toEqual(['three/c', 'two/b']);
    expect(found()).toEqual([
      ['team/a', [], ['x.example.com']],
      ['three/c', ['*.example.com'], []],
      ['two/b', ['x.example.com'], []],
    ]);
    expect(index.remove('team/a')).toEqual(['three/c', 'two/b']);
    index.put(app('a'));
    expect(index.carry('team/a', new Map())).toEqual(['three/c', 'two/b']);
    expect(found()).toEqual([
      ['three/c', ['*.example.com'], []],
      ['two/b', ['x.example.com'], []],
    ]);
  });

  it('wakes rivals when an app is paused or goes on: its spec then says more or less of what it serves', () => {
    const index = indexOf(app('a', { hosts: ['a.example.com'] }), app('b', { hosts: ['b.example.com'] }));
    index.carry('team/a', new Map(['a', 'b'].map((name) => [`${name}.example.com`, ''])));
    const paused = app('a', { hosts: ['a.example.com'] });
    const spec = { ...(paused.spec as object), lifecycle: { paused: true } };
    expect(index.put({ ...paused, spec })).toEqual(['team/b']);
    expect(index.put(paused)).toEqual(['team/b']);
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
