/** Two AppTraffics of the input that would write the same object: in the cluster the second one finds it taken. */
import { keyOf } from '../compile/compile.ts';
import type { Compiled } from '../compile/compiled.ts';
import { keyText } from '../kube/object-key.ts';
import type { Problem } from '../model/problem.ts';

/** An app's outcome; `created` is RFC 3339. */
export type NamedOutcome = {
  readonly app: { readonly namespace: string; readonly name: string };
  readonly created: string;
  readonly compiled: Compiled;
};

/**
 * The same outcomes, in which only the app that was there first keeps the object; the others get AT0501, as they would
 * from the operator. Children live in the namespace of their app, so no message names another namespace.
 */
export function withoutSameChildren<T extends NamedOutcome>(outcomes: readonly T[]): readonly T[] {
  const owners = new Map<string, NamedOutcome>();
  for (const outcome of [...outcomes].sort(byAge)) {
    for (const manifest of outcome.compiled.manifests) {
      const key = keyText(keyOf(manifest));
      if (!owners.has(key)) owners.set(key, outcome);
    }
  }
  return outcomes.map((outcome) => {
    const { compiled } = outcome;
    const taken = compiled.manifests.filter((manifest) => owners.get(keyText(keyOf(manifest))) !== outcome);
    if (taken.length === 0) return outcome;
    const problems = taken.map((manifest): Problem => {
      const owner = owners.get(keyText(keyOf(manifest)))?.app.name ?? '';
      const { kind, metadata } = manifest;
      return {
        code: 'AT0501',
        field: 'metadata.name',
        message: `${kind} ${metadata.name} belongs to AppTraffic ${owner}`,
        fix: 'give the AppTraffic another name',
      };
    });
    return {
      ...outcome,
      compiled: {
        ...compiled,
        manifests: compiled.manifests.filter((manifest) => !taken.includes(manifest)),
        problems: [...compiled.problems, ...problems],
      },
    };
  });
}

function byAge(a: NamedOutcome, b: NamedOutcome): number {
  const textOf = ({ created, app }: NamedOutcome): string => `${created} ${app.namespace}/${app.name}`;
  return textOf(a) < textOf(b) ? -1 : 1;
}
