/** Compiles every AppTraffic of the input as the operator would, and puts each problem at its place in the files. */
import { parseAppTraffic } from '../api/v1alpha1/parse.ts';
import { compile } from '../compile/compile.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Platform } from '../model/platform.ts';
import { problemCodes } from '../model/problem-codes.ts';
import type { Problem } from '../model/problem.ts';
import { pathText } from '../schema/path-text.ts';
import { parseFieldText } from './input/field-path.ts';
import { compareFindings } from './input/finding.ts';
import type { Finding } from './input/finding.ts';
import type { InputObject } from './input/input-object.ts';
import type { Input } from './input/read-input.ts';
import { withoutSameChildren } from './same-child.ts';
import { worldsFromDocuments } from './world-from-documents.ts';
import type { OfflineApp } from './world-from-documents.ts';

/** What all AppTraffics of the input become. */
export type OfflineResult = {
  readonly compiled: readonly Compiled[];
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** Objects that are assumed to be there, e.g. `Service shop/docs`; sorted, each once. */
  readonly assumed: readonly string[];
};

/** Compiles them all; they see each other as they would in one cluster. `now`: RFC 3339. */
export function compileOffline(
  { apps, others }: Pick<Input, 'apps' | 'others'>,
  platform: Platform,
  now: string,
): OfflineResult {
  const read = apps.map((object) => ({ object, parsed: parseAppTraffic(object.manifest) }));
  const valid = read.flatMap(({ object, parsed }): readonly OfflineApp[] =>
    parsed.ok ? [{ object, value: parsed.value }] : [],
  );
  const invalid = read.flatMap(({ object, parsed }) =>
    parsed.ok
      ? []
      : parsed.issues.map(({ path, message, fix }) =>
          findingOf(object, { code: 'AT0101', field: pathText(path), message, fix }),
        ),
  );
  const worldOf = worldsFromDocuments({ apps: valid, others, platform, now });
  const outcomes = withoutSameChildren(
    valid.map(({ object, value }) => {
      const world = worldOf({ object, value });
      const { namespace = '', name } = object.manifest.metadata;
      return { app: { namespace, name }, object, created: world.created, compiled: compile(value, world) };
    }),
  );
  const problems = outcomes.flatMap(({ object, compiled }) =>
    compiled.problems.map((problem) => findingOf(object, problem)),
  );
  return {
    compiled: outcomes.map(({ compiled }) => compiled),
    findings: [...invalid, ...problems].sort(compareFindings),
    assumed: [...new Set(outcomes.flatMap(({ compiled }) => compiled.assumed))].sort(),
  };
}

function findingOf({ manifest, positionOf }: InputObject, { code, field, message, fix }: Problem): Finding {
  const { namespace = '', name } = manifest.metadata;
  return {
    severity: problemCodes[code].condition === 'Warning' ? 'Warning' : 'Error',
    position: positionOf(parseFieldText(field)),
    code,
    object: `${namespace}/${name}`,
    ...(field === '' ? {} : { field }),
    message,
    fix,
  };
}
