/** Reads a value by its schema and reports everything that is wrong with it at once. */
import type { z } from 'zod';
import { issueText, unknownField } from './issue-text.ts';
import type { Issue } from './issue-text.ts';
import { fieldsAt } from './step.ts';

/** A value that its schema accepts, or every problem of what was given, ordered by path. */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Reads plain JSON (of any shape) by a schema of strict objects. Never throws; an unknown field is a problem that names the nearest known one. */
export function read<S extends z.ZodType>(schema: S, value: unknown): Read<z.output<S>> {
  const result = schema.safeParse(value, { reportInput: true });
  const lost = lostKeys(value, []);
  if (result.success && lost.length === 0) return { ok: true, value: result.data };
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => issuesOf(schema, issue));
  return { ok: false, issues: [...lost, ...issues].sort((a, b) => compare(a.path, b.path)) };
}

/** JavaScript gives this name a meaning of its own, and zod leaves it out of maps: a condition of that name would be lost. */
const lostKey = '__proto__';

function lostKeys(value: unknown, path: Issue['path']): readonly Issue[] {
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, one]: readonly [string, unknown]) => {
    const at = [...path, isList ? Number(key) : key];
    const own = key === lostKey ? [{ path: at, message: `${lostKey} cannot be a name`, fix: 'use another name' }] : [];
    return [...own, ...lostKeys(one, at)];
  });
}

function issuesOf(schema: z.ZodType, issue: z.core.$ZodIssue): readonly Issue[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') return [{ path, ...issueText(issue) }];
  const known = fieldsAt(schema, path);
  return issue.keys.map((key) => ({ path: [...path, key], ...unknownField(key, known) }));
}

function compare(a: Issue['path'], b: Issue['path']): number {
  for (const [at, part] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (typeof part === 'number' && typeof other === 'number') return part - other;
    return String(part) < String(other) ? -1 : 1;
  }
  return a.length - b.length;
}
