/** What an issue of the schema means for the person who wrote the object: what is wrong, and what to write instead. */
import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';

/** What is wrong and what to write instead. */
export type IssueText = { readonly message: string; readonly fix: string };

/** One problem of an object's schema; `path` leads from the object to the faulty value. */
export type Issue = IssueText & { readonly path: readonly (string | number)[] };

type ZodIssue = z.core.$ZodIssue;

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map of fields',
  record: 'a map',
  array: 'a list',
};

function typeOf(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  return typeWords[typeof value] ?? typeof value;
}

function typeFix(expected: string, input: unknown): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `put it in quotes: "${String(input)}"`;
  }
  if ((expected === 'number' || expected === 'boolean') && typeof input === 'string') return 'remove the quotes';
  if (input === null)
    return `write ${expected === 'array' ? 'a list ([] for an empty one)' : 'a value'}, or delete the line`;
  return `write ${typeWords[expected] ?? expected}`;
}

function wrongType(expected: string, input: unknown): IssueText {
  const wanted = typeWords[expected] ?? expected;
  if (input === undefined) return { message: 'is required', fix: `write ${wanted}` };
  return { message: `is ${typeOf(input)} where ${wanted} is expected`, fix: typeFix(expected, input) };
}

function wrongValue(values: readonly unknown[], input: unknown): IssueText {
  const known = values.map(String);
  if (input === undefined) return { message: 'is required', fix: `write ${known.join(', ')}` };
  if (typeof input === 'number' && values.includes(String(input))) return wrongType('string', input);
  const near = typeof input === 'string' ? nearestName(input, known) : undefined;
  const list = known.length === 1 ? `write ${known.join()}` : `write one of ${known.join(', ')}`;
  return {
    message: `${JSON.stringify(input)} is not a known value`,
    fix: near === undefined ? list : `${list}; did you mean ${near}?`,
  };
}

/** What a bound counts, and the words for too little and too much of it. */
const boundWords: Readonly<Record<string, readonly [unit: readonly string[], few: string, many: string]>> = {
  string: [['character', 'characters'], 'is too short', 'is too long'],
  array: [['entry', 'entries'], 'has too few entries', 'has too many entries'],
  number: [[], 'is too small', 'is too large'],
};

function bound(origin: string, side: 'least' | 'most', limit: unknown): IssueText {
  const [unit, few, many] = boundWords[origin] ?? [[], 'is too small', 'is too large'];
  const counted = unit[limit === 1 ? 0 : 1] ?? '';
  return { message: side === 'most' ? many : few, fix: `write at ${side} ${String(limit)} ${counted}`.trimEnd() };
}

/** Message and fix of one issue of zod. Rules bring their own; unknown fields are told apart by `unknownField`. */
export function issueText(issue: ZodIssue): IssueText {
  if (issue.code === 'invalid_type') return wrongType(issue.expected, issue.input);
  if (issue.code === 'invalid_value') return wrongValue(issue.values, issue.input);
  if (issue.code === 'too_small') return bound(issue.origin, 'least', issue.minimum);
  if (issue.code === 'too_big') return bound(issue.origin, 'most', issue.maximum);
  const fix: unknown = issue.code === 'custom' ? issue.params?.fix : undefined;
  return { message: issue.message, fix: typeof fix === 'string' ? fix : 'see the field reference' };
}

/** The issue of a field that its object does not have; `known` are the fields it has. */
export function unknownField(name: string, known: readonly string[]): IssueText {
  const near = nearestName(name, known);
  const list = `the fields here are ${known.join(', ')}`;
  return { message: `${name} is not a field`, fix: near === undefined ? list : `did you mean ${near}?` };
}
