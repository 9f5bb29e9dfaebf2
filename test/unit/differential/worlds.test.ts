import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fieldsOfSchema, fieldsOfWorlds, isAmong, leftOut } from '../../mesh/differential/fields.ts';
import { layouts } from '../../mesh/differential/layouts.ts';
import { pairsOf } from '../../mesh/differential/requests.ts';
import { ciElsewhere, ciSeed, ciWorlds, elsewhereOf, worldOf, worldsOf } from '../../mesh/differential/seeds.ts';
import { prepare } from '../../mesh/differential/world.ts';

const worlds = worldsOf(ciSeed, ciWorlds);
const prepared = worlds.map(prepare);

describe('the worlds of the CI seeds', () => {
  it('are valid, and every app is granted what it asks for unless its layout is about refusals', () => {
    const faults = [...prepared, ...elsewhereOf(ciSeed, ciElsewhere).map(prepare)].flatMap((one) =>
      one.faults.map((fault) => `${one.world.name} (${one.world.layout}): ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it('are at least 150 with 2,000 requests, in every layout', () => {
    const pairs = prepared.reduce((sum, one) => sum + pairsOf(one).length, 0);
    const seen = new Set(worlds.map(({ layout }) => layout));
    expect([worlds.length >= 150, pairs >= 2_000, [...seen].sort()]).toEqual([true, true, Object.keys(layouts).sort()]);
  });

  it('have every field of the API, but those that are left out for a reason', () => {
    const file = resolve(__dirname, '../../../crds/apptraffic_v1alpha1.json');
    const schema = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof fieldsOfSchema>[0];
    const found = fieldsOfWorlds(worlds);
    const missing = fieldsOfSchema(schema.properties?.spec ?? {}).filter((field) => !isAmong(field, found));
    expect(missing.sort()).toEqual(Object.keys(leftOut).sort());
  });

  it('share no host and no Service, so that one mesh can hold them all', () => {
    const names = prepared.map(({ asked }) =>
      asked.flatMap(({ app, service, external }) => [
        `${app.namespace}/${service.name}`,
        ...(external?.hosts ?? []).map(({ value }) => value.replace(/^\*\./, '')),
      ]),
    );
    const owners = new Map(names.flatMap((own, i) => own.map((name) => [name, i] as const)));
    expect(names.flatMap((own, i) => own.filter((name) => owners.get(name) !== i))).toEqual([]);
  });
});

describe('a world', () => {
  it('depends on seed and number alone', () => {
    expect(worldOf(ciSeed, 7)).toEqual(worlds[7]);
    expect(worldOf(ciSeed + 1, 7)).not.toEqual(worlds[7]);
  });
});
