/** An AppTraffic that the schema of this operator refuses: the CRD in the cluster is of another version, or was not applied strictly. */
import type { Compiled } from '../compile/compiled.ts';
import { compareProblems } from '../model/problem.ts';
import type { AppEntry } from './app-index.ts';

/** The outcome of compile for it: refused whole, with every problem (AT0101). */
export function refusedBySchema(entry: AppEntry): Compiled {
  const issues = entry.parsed.ok ? [] : entry.parsed.issues;
  return {
    accepted: false,
    manifests: [],
    problems: issues
      .map(({ path, message, fix }) => ({ code: 'AT0101' as const, field: fieldText(path), message, fix }))
      .sort(compareProblems),
    hosts: [],
    summary: { split: '', provider: '', mtls: '', text: 'not valid' },
    assumed: [],
    unavailableKinds: [],
  };
}

/** A path as people write it: `spec.ports[0].name`. */
function fieldText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${part}`),
    '',
  );
}
