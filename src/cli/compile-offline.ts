/** Compiles every AppTraffic of the input as the operator would, and puts each problem at its place in the files. */
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
import { offlineOutcomes } from './offline-outcomes.ts';

/** What all AppTraffics of the input become. */
export type OfflineResult = {
  readonly compiled: readonly Compiled[];
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** Objects that are assumed to be there, e.g. `Service shop/docs`; sorted, each once. */
  readonly assumed: readonly string[];
};

/** Compiles them all; they see each other as they would in one cluster. `now`: RFC 3339. */
export function compileOffline(input: Pick<Input, 'apps' | 'others'>, platform: Platform, now: string): OfflineResult {
  const { outcomes, invalid } = offlineOutcomes(input, platform, now);
  const faults = invalid.flatMap(({ object, issues }) =>
    issues.map(({ path, message, fix }) => findingOf(object, { code: 'AT0101', field: pathText(path), message, fix })),
  );
  const problems = outcomes.flatMap(({ object, compiled }) =>
    compiled.problems.map((problem) => findingOf(object, problem)),
  );
  return {
    compiled: outcomes.map(({ compiled }) => compiled),
    findings: [...faults, ...problems].sort(compareFindings),
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
