/** Rules that go beyond a field's type: each is one check here and one on the API server, under one message, so neither can be forgotten. */
import { z } from 'zod';

/** Where a value stands below another: field names and list positions. */
export type FieldPath = readonly (string | number)[];

/** How the API server holds the same rule: a CEL expression over `self`, or a schema keyword it checks in its own words. */
export type ServerSide = { readonly cel: string } | { readonly keywords: Readonly<Record<string, unknown>> };

/** One check of a value of type T, made here alone. */
export type Check<T> = {
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to write instead, as an imperative. */
  readonly fix: string;
  /** Where the rule is broken, relative to the value; empty when it holds. `[[]]` is the value itself. */
  readonly faults: (value: T) => readonly FieldPath[];
};

/** One rule about a value of type T: a check here, and the same on the API server. */
export type Rule<T> = ServerSide & Check<T>;

/** The paths of a rule that is about the value as a whole. */
export function unless(holds: boolean): readonly FieldPath[] {
  return holds ? [] : [[]];
}

/** The text that the API server answers with, and that `message` and `fix` of an issue say together. */
export function ruleText(rule: { readonly message: string; readonly fix: string }): string {
  return `${rule.message}: ${rule.fix}`;
}

/** A CEL condition that `subject` matches `pattern`, which must be RE2 and hold not both kinds of quotes. */
export function celMatches(subject: string, pattern: RegExp): string {
  const quote = pattern.source.includes("'") ? '"' : "'";
  return `${subject}.matches(r${quote}${pattern.source}${quote})`;
}

/**
 * The same schema with rules: zod checks them, and the generated CRD carries them.
 * A rule runs although other parts of the value are faulty, as long as the fields that its CEL names have the right types.
 */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const isObject = schema instanceof z.ZodObject;
  const checked = rules.reduce(
    (before, rule) => before.check(zodCheck(rule, isObject && 'cel' in rule ? fieldsRead(rule.cel) : undefined)),
    schema,
  );
  const validations = [
    ...earlierValidations(schema),
    ...rules.flatMap((rule) => ('cel' in rule ? [{ rule: rule.cel, message: ruleText(rule) }] : [])),
  ];
  const keywords = rules.flatMap((rule) => ('keywords' in rule ? [rule.keywords] : []));
  return checked.meta(
    Object.assign({}, ...keywords, validations.length === 0 ? {} : { 'x-kubernetes-validations': validations }),
  );
}

/** The same schema with checks, for files that no API server reads. A check runs once all parts have the right types; `x-checks` tells the reference of it. */
export function withChecks<S extends z.ZodType>(schema: S, checks: readonly Check<z.output<S>>[]): S {
  const earlier = schema.meta()?.['x-checks'];
  return checks
    .reduce((before, check) => before.check(zodCheck(check)), schema)
    .meta({ 'x-checks': [...(Array.isArray(earlier) ? earlier.map(String) : []), ...checks.map(ruleText)] });
}

function earlierValidations(schema: z.ZodType): readonly unknown[] {
  const found = schema.meta()?.['x-kubernetes-validations'];
  return Array.isArray(found) ? found : [];
}

/** `reads`: the fields that the check looks at; undefined: all. */
function zodCheck<T>(rule: Check<T>, reads?: ReadonlySet<string>): z.core.$ZodCheck<T> {
  const run = (payload: z.core.ParsePayload<T>): void => {
    for (const path of rule.faults(payload.value)) {
      const { message, fix } = rule;
      payload.issues.push({
        code: 'custom',
        path: [...path],
        message,
        params: { fix },
        input: payload.value,
        continue: true,
      });
    }
  };
  return z.core._check<T>(run, { when: (payload) => !payload.issues.some((issue) => blocks(issue, reads)) });
}

/** The fields of `self` that a CEL expression names; CEL writes its reserved words as `__word__`. */
function fieldsRead(cel: string): ReadonlySet<string> {
  return new Set(Array.from(cel.matchAll(/\bself\.(?:__)?([A-Za-z]+)/g), (found) => found[1] ?? ''));
}

const softCodes: ReadonlySet<string> = new Set(['custom', 'unrecognized_keys', 'too_small', 'too_big']);

/** Whether a value is of a wrong type where the rule reads it; `reads` undefined: the rule reads everything. */
function blocks(issue: z.core.$ZodRawIssue, reads: ReadonlySet<string> | undefined): boolean {
  if (softCodes.has(issue.code)) return false;
  const field = issue.path?.[0];
  return reads === undefined || field === undefined || reads.has(String(field));
}
