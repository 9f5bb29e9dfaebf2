/** Reads an AppTraffic from plain JSON and reports everything that is wrong with it at once. */
import { z } from 'zod';
import { appTraffic } from './app-traffic.ts';
import type { AppTraffic } from './app-traffic.ts';
import { issueText, unknownField } from './issue-text.ts';
import type { Issue } from './issue-text.ts';

/** An AppTraffic, or every problem of what was given, ordered by path. */
export type Parsed =
  { readonly ok: true; readonly value: AppTraffic } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Reads an AppTraffic from plain JSON (of any shape). Never throws; an unknown field is a problem, as under fieldValidation=Strict. */
export function parseAppTraffic(value: unknown): Parsed {
  const result = appTraffic.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  const issues = result.error.issues.flatMap(issuesOf);
  return { ok: false, issues: issues.sort((a, b) => compare(a.path, b.path)) };
}

function issuesOf(issue: z.core.$ZodIssue): readonly Issue[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') return [{ path, ...issueText(issue) }];
  const known = fieldsAt(appTraffic, path);
  return issue.keys.map((key) => ({ path: [...path, key], ...unknownField(key, known) }));
}

/** The fields of the object schema at `path`. */
function fieldsAt(schema: z.core.$ZodType, path: readonly (string | number)[]): readonly string[] {
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodNullable) return fieldsAt(schema.unwrap(), path);
  const [head, ...rest] = path;
  if (schema instanceof z.ZodArray) return fieldsAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return fieldsAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (head === undefined) return Object.keys(schema.shape);
  const field: unknown = schema.shape[head];
  return field instanceof z.ZodType ? fieldsAt(field, rest) : [];
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
