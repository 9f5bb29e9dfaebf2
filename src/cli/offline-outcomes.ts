/** What each AppTraffic of the input becomes, offline: they see each other as they would in one cluster. */
import type { AppTraffic } from '../api/v1alpha1/app-traffic.ts';
import { parseAppTraffic } from '../api/v1alpha1/parse.ts';
import type { Parsed } from '../api/v1alpha1/parse.ts';
import { compile } from '../compile/compile.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Platform } from '../model/platform.ts';
import type { AppRef } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import type { InputObject } from './input/input-object.ts';
import type { Input } from './input/read-input.ts';
import { withoutSameChildren } from './same-child.ts';
import { worldsFromDocuments } from './world-from-documents.ts';
import type { OfflineApp } from './world-from-documents.ts';

/** An AppTraffic that its schema accepts, what surrounds it, and what it becomes. */
export type OfflineOutcome = {
  readonly app: AppRef;
  readonly object: InputObject;
  readonly value: AppTraffic;
  readonly world: World;
  /** RFC 3339. */
  readonly created: string;
  readonly compiled: Compiled;
};

/** An AppTraffic that its schema refuses, and why. */
export type OfflineFault = {
  readonly object: InputObject;
  readonly issues: Extract<Parsed, { readonly ok: false }>['issues'];
};

/** All AppTraffics of the input, in its order: those that are valid and those that are not. `now`: RFC 3339. */
export function offlineOutcomes(
  { apps, others }: Pick<Input, 'apps' | 'others'>,
  platform: Platform,
  now: string,
): { readonly outcomes: readonly OfflineOutcome[]; readonly invalid: readonly OfflineFault[] } {
  const read = apps.map((object) => ({ object, parsed: parseAppTraffic(object.manifest) }));
  const valid = read.flatMap(({ object, parsed }): readonly OfflineApp[] =>
    parsed.ok ? [{ object, value: parsed.value }] : [],
  );
  const worldOf = worldsFromDocuments({ apps: valid, others, platform, now });
  const outcomes = valid.map(({ object, value }): OfflineOutcome => {
    const world = worldOf({ object, value });
    const { namespace = '', name } = object.manifest.metadata;
    return {
      app: { namespace, name },
      object,
      value,
      world,
      created: world.created,
      compiled: compile(value, world),
    };
  });
  return {
    outcomes: withoutSameChildren(outcomes),
    invalid: read.flatMap(({ object, parsed }) => (parsed.ok ? [] : [{ object, issues: parsed.issues }])),
  };
}
