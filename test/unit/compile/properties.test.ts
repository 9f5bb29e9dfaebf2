import * as fc from 'fast-check';
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { compile, keyOf, trafficOf } from '../../../src/compile/compile.ts';
import type { Compiled } from '../../../src/compile/compiled.ts';
import { keyText } from '../../../src/kube/object-key.ts';
import type { Route, RouteFeature } from '../../../src/model/route.ts';
import type { World } from '../../../src/model/world.ts';
import { dialects } from '../../../src/translate/ingress/dialects/registry.ts';
import { anySpec } from '../../schema/arbitrary.ts';
import { world as lonely } from '../policy/samples.ts';
import { goldenApps } from './golden-apps.ts';
import type { GoldenApp } from './golden-apps.ts';

let samples: readonly GoldenApp[] = [];
beforeAll(async () => {
  samples = await goldenApps();
});

type Path = readonly (string | number)[];

/** The places of all fields of a value; list elements are on the way and are none themselves. */
function fieldsIn(value: unknown, at: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, n) => fieldsIn(item, [...at, n]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...fieldsIn(inner, [...at, name])]);
}

function without(value: unknown, [head, ...rest]: Path): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, n) => (n === head ? without(item, rest) : item));
  const entries = Object.entries(value as object);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== head));
  return Object.fromEntries(entries.map(([name, inner]) => [name, name === head ? without(inner, rest) : inner]));
}

/** The model without the places that problems name: equal for a field at its default and for none. */
function meaningOf(app: AppTraffic, world: World): string {
  return JSON.stringify(trafficOf(app, world), (key, value: unknown) => (key === 'at' ? undefined : value));
}

/** What a user gets of an app: objects, problems, and what status says. */
function outputOf({ manifests, problems, accepted, held, hosts, callers, probe }: Compiled): string {
  return JSON.stringify({ manifests, problems, accepted, held, hosts, callers, probe });
}

/** Fields of which a case shows that they change nothing there, or nothing of this app's own, and why. */
const idle: readonly (readonly [path: RegExp, why: string])[] = [
  [/ app\.serviceAccount$/, 'stands in the objects of the apps that allow this one'],
  [/^ingress-nginx\/rewrites .*\.host$/, 'a route of the other host takes all of its requests'],
  [/^samples\/two-hosts-rewrite .*\.host$/, 'a route of the other host takes all of its requests'],
  [/\.fault\.until$/, 'says when the fault ends, and that is not now'],
  [/^istio-.*\.websocket$/, 'Istio lets websockets through on every route, and the field says that they are relied on'],
  [/^istio-rates\/nothing-to-limit .*\.rateLimit$/, 'without a limit of the app there is none to switch off'],
  [/^ingress-nginx\/same-prefix-is-no-rewrite .*\.rewrite$/, 'a prefix that is replaced by itself'],
];

describe('a field that is not at its default', () => {
  it('changes the output when it is removed, in every golden case', () => {
    const accepted = samples.filter(({ app, world }) => compile(app, world).accepted);
    const silent = accepted.flatMap(({ name, app, world }) => {
      const [meaning, output] = [meaningOf(app, world), outputOf(compile(app, world))];
      return fieldsIn(app.spec).flatMap((path) => {
        const parsed = parseAppTraffic({ ...app, spec: without(app.spec, path) });
        if (!parsed.ok || meaningOf(parsed.value, world) === meaning) return [];
        const changes = outputOf(compile(parsed.value, world)) !== output;
        return changes ? [] : [`${name} ${app.metadata.name} ${path.join('.')}`];
      });
    });
    expect(accepted.length).toBeGreaterThan(20);
    expect(silent.filter((line) => !idle.some(([path]) => path.test(line)))).toEqual([]);
  });
});

/** A prefix that is replaced by itself asks for nothing. */
const isIdleRewrite = ({ features }: Route, feature: string): boolean =>
  feature === 'rewritePrefix' && features.rewritePrefix?.value === features.prefix?.value;

describe('a feature that an Ingress dialect does not support', () => {
  it.each(dialects)('$title: is told of exactly once, at its field', (dialect) => {
    const isLacking = (feature: string): boolean => dialect.routes[feature as RouteFeature].support === 'unsupported';
    const told = samples.flatMap(({ name, app, world }) => {
      const { external } = app.spec;
      if (external === undefined) return [];
      const { gateway: _, ...rest } = external;
      const moved = { ...rest, provider: 'Ingress', ingressClass: 'one' };
      const parsed = parseAppTraffic({ ...app, spec: { ...app.spec, external: moved } });
      if (!parsed.ok) return [];
      const ingressClasses = [
        { name: 'one', controller: dialect.controller ?? 'example.com/unknown', isDefault: false },
      ];
      const { problems } = compile(parsed.value, { ...world, hosts: [], ingressClasses });
      const routes = trafficOf(parsed.value, world).external?.routes ?? [];
      return routes.flatMap((route) =>
        Object.entries(route.features).flatMap(([feature, { at }]) =>
          isLacking(feature) && !isIdleRewrite(route, feature)
            ? [`${name} ${at} ${problems.filter(({ code, field }) => code === 'AT0701' && field === at).length}`]
            : [],
        ),
      );
    });
    expect(told.length).toBeGreaterThan(5);
    expect(told.filter((line) => !line.endsWith(' 1'))).toEqual([]);
  });
});

describe('any valid spec', () => {
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);

  it('compiles, to the same bytes each time, and every object has a valid name of its own', () => {
    let compiled = 0;
    fc.assert(
      fc.property(anySpec, label, (spec, name) => {
        const manifest = {
          apiVersion: 'apptraffic.dev/v1alpha1',
          kind: 'AppTraffic',
          metadata: { name, namespace: 'shop' },
          spec,
        };
        const [one, two] = [parseAppTraffic(manifest), parseAppTraffic(structuredClone(manifest))];
        if (!one.ok || !two.ok) return;
        compiled += 1;
        const found = compile(one.value, lonely);
        expect(JSON.stringify(compile(two.value, lonely))).toBe(JSON.stringify(found));
        const names = found.manifests.map(({ metadata }) => metadata.name);
        expect(names.filter((own) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(own))).toEqual([]);
        const keys = found.manifests.map((one) => keyText(keyOf(one)));
        expect(keys).toEqual([...new Set(keys)]);
        expect(found.accepted || found.manifests.length === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(compiled).toBeGreaterThan(50);
  });
});
