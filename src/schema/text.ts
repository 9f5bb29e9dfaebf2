/** Bounded strings whose form is a rule with a readable message. */
import { z } from 'zod';
import { celMatches, unless, withRules } from './rule.ts';

/** A form that a string must have. `pattern` is RE2 and anchored. */
export type TextForm = {
  readonly pattern: RegExp;
  /** Longest allowed, in characters. */
  readonly max: number;
  readonly message: string;
  readonly fix: string;
};

/** A string of the given form. */
export function text(form: TextForm): z.ZodString {
  const { pattern, max, message, fix } = form;
  const rule = {
    message,
    fix,
    cel: celMatches('self', pattern),
    faults: (value: string) => unless(pattern.test(value)),
  };
  return withRules(z.string().max(max), [rule]).meta({ pattern: pattern.source });
}

/** A whole number between two bounds, both included. Unlike zod's own `int`, a fraction does not silence the rules of the object around it. */
export function wholeNumber(least: number, most: number): z.ZodNumber {
  return z
    .number()
    .min(least)
    .max(most)
    .refine((value) => Number.isInteger(value), {
      message: 'is not a whole number',
      params: { fix: `write a whole number from ${least} to ${most}` },
    })
    .meta({ type: 'integer' });
}

/** A TCP port, 1 to 65535. */
export const portNumber = wholeNumber(1, 65_535);
