/** Which fields a user means by a path, or by the end of one. */
import { isNode, zodSchema } from './schema-node.ts';
import { fieldsBelow } from './schema-field.ts';
import type { SchemaField } from './schema-field.ts';

/** Every field of an AppTraffic that has a reference: `spec`, `status` and all below them. */
export function documentedFields(): readonly SchemaField[] {
  return fieldsBelow(zodSchema('openapi-3.0'), '').filter(({ path }) => /^\.(spec|status)\b/.test(path));
}

/** The field of exactly this path, `spec.` may be left out; else all fields whose path ends so. Case, positions in lists and keys of maps do not count. */
export function findFields(words: string, all: readonly SchemaField[]): readonly SchemaField[] {
  const wanted = stepsOf(words);
  if (wanted.length === 0) return [];
  const exact = all.filter((field) => {
    const steps = stepsOfField(field);
    return isSame(steps, wanted) || (steps[0] === 'spec' && isSame(steps.slice(1), wanted));
  });
  if (exact.length === 0) return all.filter((field) => endsWith(stepsOfField(field), wanted));
  // A word can be a map's key that was left out in the other reading: backends.service.port is no port of a backend called service.
  const mostNames = Math.max(...exact.map(namesIn));
  return exact.filter((field) => namesIn(field) === mostNames);
}

/** How many steps of a field's path are names of fields, not keys of maps. */
function namesIn(field: SchemaField): number {
  return stepsOfField(field).filter((step) => step !== '*').length;
}

/** Those of its path; an entry of a map stands for the map. */
function stepsOfField({ path, node }: SchemaField): readonly string[] {
  return [...stepsOf(path), ...(isNode(node.additionalProperties) ? ['*'] : [])];
}

/** Names, and `*` for a map's key; brackets of lists are left out. */
function stepsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .replace(/\[[^\]]*\]/g, '')
    .split('.')
    .filter((step) => step !== '');
}

/** `steps` are a field's; a map's key may be left out, written as `*`, or any word. */
function isSame(steps: readonly string[], wanted: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return wanted.length === 0;
  if (step === '*') return isSame(rest, wanted) || (wanted.length > 0 && isSame(rest, wanted.slice(1)));
  return step === wanted[0] && isSame(rest, wanted.slice(1));
}

function endsWith(steps: readonly string[], wanted: readonly string[]): boolean {
  return steps.some((step, at) => step !== '*' && isSame(steps.slice(at), wanted));
}
