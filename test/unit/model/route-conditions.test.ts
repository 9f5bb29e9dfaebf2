import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { conditionsOf } from '../../../src/model/route-conditions.ts';
import { normalize } from '../../../src/normalize/normalize.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { schemaCases } from '../../schema/cases.ts';

const platform = builtInPlatform();
const routes = schemaCases('valid').flatMap(({ value }) => {
  const parsed = parseAppTraffic(value);
  if (!parsed.ok) return [];
  const { external, internal } = normalize(parsed.value, platform);
  return [...(external?.routes ?? []), ...(internal?.routes ?? [])];
});

test('the conditions of a route are what its match says, in whatever field, and the path that is meant without one', () => {
  const kept = routes.flatMap(({ features }) => Object.keys(conditionsOf(features)));
  const matched = routes.flatMap(({ features }) =>
    Object.entries(features).flatMap(([name, { at }]) => (at.includes('.match.') ? [name] : [])),
  );
  expect(matched).toContain('query');
  expect([...new Set(kept)].sort()).toEqual([...new Set([...matched, 'prefix'])].sort());
});
