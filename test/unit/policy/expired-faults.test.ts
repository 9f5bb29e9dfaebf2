import type { Fault, Route } from '../../../src/model/route.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { sketch } from '../model/routes.ts';
import { external, internal, traffic, world } from './samples.ts';

const now = Date.parse(world.now);
const abort = { status: 503, percent: 100 };

/** A route with prefix `/<name>` and a fault that ends so many ms from now. */
function failing(name: string, endsIn?: number): Route {
  const plain = sketch({ name, prefix: `/${name}` });
  const value: Fault = { abort, ...(endsIn === undefined ? {} : { untilMs: now + endsIn }) };
  return { ...plain, features: { ...plain.features, fault: { value, at: `spec.routes.${name}.fault` } } };
}

const app = (outside: readonly Route[], inside?: readonly Route[]): Traffic => ({
  ...traffic,
  external: { ...external, routes: outside },
  ...(inside === undefined ? {} : { internal: { ...internal, routes: inside } }),
});

const failingIn = ({ external: outside, internal: inside }: Traffic): readonly string[] =>
  [...(outside?.routes ?? []), ...(inside?.routes ?? [])]
    .filter(({ features }) => features.fault !== undefined)
    .map(({ name }) => name);

describe('faults that are over', () => {
  it('are left out from the moment they end, outside and inside, with a Warning each', () => {
    const outcome = checkPolicy(
      app([failing('now', 0), failing('later', 1), failing('always')], [failing('before', -1)]),
      world,
    );
    expect(failingIn(outcome.granted)).toEqual(['later', 'always']);
    expect(outcome.problems.filter(({ code }) => code !== 'AT0310')).toEqual(
      ['before', 'now'].map((name) => ({
        code: 'AT0305',
        field: `spec.routes.${name}.fault`,
        message: `the fault of route ${name} ended at its until, and requests are served without it`,
        fix: 'remove fault, or set a later until',
      })),
    );
  });

  it('are awaited: the next end is when to look again', () => {
    const recheckAt = (...routes: readonly Route[]): unknown => checkPolicy(app(routes), world).recheckAt;
    expect(recheckAt(failing('a', 9_000), failing('b', 5_000), failing('c', -1), failing('d'))).toBe(now + 5_000);
    expect(recheckAt(failing('c', -1), failing('d'))).toBe(undefined);
  });

  it('leave the rest of the route as it is', () => {
    const { features } = checkPolicy(app([failing('over', -1)]), world).granted.external?.routes[0] ?? failing('none');
    expect(features).toEqual(sketch({ name: 'over', prefix: '/over' }).features);
  });
});
