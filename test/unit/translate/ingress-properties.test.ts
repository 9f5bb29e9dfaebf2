import * as fc from 'fast-check';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { isWildcard } from '../../../src/model/host.ts';
import type { Backend } from '../../../src/model/backend.ts';
import type { Route } from '../../../src/model/route.ts';
import { translateIngress } from '../../../src/translate/ingress/index.ts';
import { byDocumentation, byIngressNginx } from './ingress-controllers.ts';
import type { Answer } from './ingress-controllers.ts';
import { nginxWorld, ofClass, served } from './ingress-models.ts';
import { route, traffic, whole, world } from './models.ts';

const hosts = ['*.b.test', 'a.test', 'c.test'];
const paths = ['/', '/a', '/a/b', '/a.b', '/a.b/c', '/ab', '/a/b/c', '/b', '/b/'];
const requests = ['a.test', 'c.test', 'x.b.test', 'y.b.test'].flatMap((host) =>
  [...paths, '/a/', '/a/b/', '/ab/c', '/a/bc', '/a.bc', '/axb', '/axb/c', '/a/b/c/d', '/c', '/b/x', '/abc'].map(
    (path) => ({ host, path }),
  ),
);

type Sketch = {
  readonly host?: string;
  readonly kind: 'prefix' | 'exact';
  readonly path: string;
  readonly to?: string;
};

const sketch: fc.Arbitrary<Sketch> = fc
  .record(
    {
      host: fc.constantFrom('a.test', 'x.b.test', '*.b.test'),
      kind: fc.constantFrom<('prefix' | 'exact')[]>('prefix', 'exact'),
      path: fc.constantFrom(...paths),
      to: fc.constantFrom('/', '/v1', '/a/b', '/v1/x'),
    },
    { requiredKeys: ['kind', 'path'] },
  )
  .map(({ to, ...rest }) => {
    if (rest.kind === 'exact') return rest;
    const path = rest.path === '/b/' ? '/b' : rest.path;
    return { ...rest, path, ...(to === undefined ? {} : { to }) };
  });

/** Routes that lead to a Service each, so that an answer tells which one it was. */
function routesOf(sketches: readonly Sketch[]): readonly Route[] {
  return sketches.map(({ host, kind, path, to }, position) => {
    const name = `r${position}`;
    const backend: Backend = { kind: 'Service', name, namespace: 'team', service: name, port: 80, at: name };
    const values = {
      [kind]: path,
      forward: whole(backend),
      ...(host === undefined ? {} : { host }),
      ...(to === undefined ? {} : { rewritePrefix: to }),
    };
    return route(name, values, { position });
  });
}

const withoutRewrite = sketch.map(({ kind, path, host }) => ({ kind, path, ...(host === undefined ? {} : { host }) }));
const plainOf = (sketches: readonly Sketch[]) => served(hosts, routesOf(sketches));
const nginxOf = (sketches: readonly Sketch[]) => ofClass('nginx', hosts, routesOf(sketches));

/** What api.md §3 says of the routes, written without the code under test. */
function expected(sketches: readonly Sketch[], host: string, path: string): Answer {
  const segments = (text: string): readonly string[] => text.split('/').filter((one) => one !== '');
  const rank = ({ host: named, kind, path: own }: Sketch): readonly number[] => [
    named === undefined ? 2 : Number(isWildcard(named)),
    Number(kind === 'prefix'),
    -own.length,
  ];
  const [best] = sketches
    .map((one, position) => ({ one, key: [...rank(one), position] }))
    .filter(({ one }) => one.host === undefined || one.host === host || one.host === host.replace(/^[^.]+/, '*'))
    .filter(({ one }) =>
      one.kind === 'exact' ? one.path === path : segments(one.path).every((part, i) => segments(path)[i] === part),
    )
    .sort((a, b) => a.key.map((n, i) => n - (b.key[i] ?? 0)).find((n) => n !== 0) ?? 0);
  if (best === undefined) return undefined;
  const { path: prefix, to } = best.one;
  return { service: `r${best.key[3]}`, path: to === undefined ? path : joined(prefix, to, path) };
}

/** With one slash: /api → /v1 gives /v1, /v1/, /v1/x; → / gives /, /x. */
function joined(prefix: string, to: string, path: string): string {
  const rest = path.slice(prefix === '/' ? 0 : prefix.length);
  const head = to === '/' ? '' : to;
  return head + rest === '' ? '/' : head + rest;
}

type Controller = (manifests: readonly Manifest[], host: string, path: string) => Answer;

const answers = (controller: Controller, manifests: readonly Manifest[]) =>
  requests.map(({ host, path }) => [host, path, controller(manifests, host, path)]);

const wanted = (sketches: readonly Sketch[]) =>
  requests.map(({ host, path }) => [host, path, expected(sketches, host, path)]);

describe('every request ends where the spec says', () => {
  it('on a controller that does what the Ingress documentation says', () => {
    fc.assert(
      fc.property(fc.array(withoutRewrite, { maxLength: 6 }), (sketches) => {
        const { manifests } = translateIngress(traffic(plainOf(sketches)), world);
        expect(answers(byDocumentation, manifests)).toEqual(wanted(sketches));
      }),
    );
  });

  it('on ingress-nginx, rewritten or not, with the longest expression first', () => {
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 6 }), (sketches) => {
        const { manifests } = translateIngress(traffic(nginxOf(sketches)), nginxWorld);
        expect(answers(byIngressNginx, manifests)).toEqual(wanted(sketches));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the output', () => {
  it('does not depend on the order of lists', () => {
    const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
    const input = fc
      .array(sketch, { maxLength: 6 })
      .chain((sketches) => fc.tuple(fc.constant(sketches), shuffled(routesOf(sketches)), shuffled(hosts)));
    fc.assert(
      fc.property(input, ([sketches, routes, names]) => {
        const other = [{ name: 'a', controller: 'example.com/a', isDefault: true }];
        const one = translateIngress(traffic(nginxOf(sketches)), {
          ...nginxWorld,
          ingressClasses: [...other, ...nginxWorld.ingressClasses],
        });
        const two = translateIngress(traffic(ofClass('nginx', names, routes)), {
          ...nginxWorld,
          ingressClasses: [...nginxWorld.ingressClasses, ...other],
        });
        expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      }),
    );
  });

  it('never has the same path twice on one host, and no two Ingresses of one name', () => {
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 6 }), (sketches) => {
        const { manifests } = translateIngress(traffic(nginxOf(sketches)), nginxWorld);
        const keys = manifests.flatMap(({ spec }) =>
          (spec as { rules: { host: string; http: { paths: { path: string; pathType: string }[] } }[] }).rules.flatMap(
            ({ host, http }) => http.paths.map(({ path, pathType }) => `${host} ${pathType} ${path}`),
          ),
        );
        const names = manifests.map(({ metadata }) => metadata.name);
        expect([new Set(keys).size, new Set(names).size]).toEqual([keys.length, names.length]);
      }),
    );
  });
});
