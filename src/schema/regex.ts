/**
 * Regular expressions that users write: the part of RE2 that means the same in every engine. There is no RE2 in
 * JavaScript, so what is let through must be a subset that needs none to be judged, here and by the API server alike.
 */
import type { z } from 'zod';
import { celMatches, unless, withRules } from './rule.ts';
import { text } from './text.ts';

/** What the literal characters of a regular expression may be, as the inside of a character class. */
export type RegexForm = {
  readonly literals: string;
  /**
   * Longest allowed, in characters. Istio refuses beyond 1024, and Envoy beyond 32768 instructions, of which repetitions
   * need many.
   */
  readonly max: number;
  readonly message: string;
  /** `Groups`: none is meant as a character. */
  readonly parentheses?: 'Groups';
};

const mostCounted = 8;

/** Escaped outside a class: what has a meaning there. Letters: digits, word characters, blanks, and all but these. */
const escape = (parentheses: string): string => `\\\\[\\^$.*+?${parentheses}[\\]{}|\\/dDwWsS]`;

// The API server's CEL budget goes by the length of these patterns: they are as short as they can be.

/** A range from low to high: letters of one case or digits, the first or the last one of them at one end. */
const ranges = 'a-[a-z]|[b-z]-z|A-[A-Z]|[B-Z]-Z|0-\\d|1-[1-9]|\\d-9';

/** `{n}`, `{n,}` and `{n,m}` with n at most m and at most 99; before m only one digit. */
const counts = '\\d\\d?,?|\\d,[1-9]\\d|0,\\d|1,[1-9]|2,[2-9]|3,[3-9]|4,[4-9]|5,[5-9]|6,[6-9]|7,[7-9]|8,[89]';

/** `parentheses`: those that may be characters. */
function tokens(literals: string, parentheses: string): RegExp {
  const inClass = `${ranges}|[${literals}.*+?${parentheses}|$]|\\\\[-^$.*+?${parentheses}[\\]{}|\\/dws]`;
  const atom = `(?:[${literals}.-]|${escape(parentheses)}|\\[\\^?(?:${inClass})+-?\\])`;
  const repeated = '(?:[*+?]\\??)?';
  return new RegExp(`^(?:${atom}(?:\\{(?:${counts})\\}\\??|${repeated})|\\)${repeated}|\\((?:\\?:)?|\\|)+$`);
}

const plain = '(?:\\\\.|\\[(?:\\\\.|[^\\]\\\\])*\\]|[^()[\\\\])';
const nested = `\\((?:${plain}|\\((?:${plain}|\\(${plain}*\\))*\\))*\\)`;
const paired = new RegExp(`^(?:${plain}|${nested})*$`);
const fewCounted = new RegExp(`^[^{]*(?:\\{[^{]*){0,${mostCounted}}$`);

/** A regular expression of the form, compared with a whole value. */
export function regex({ literals, max, message, parentheses }: RegexForm): z.ZodString {
  return withRules(
    text({
      pattern: tokens(literals, parentheses === 'Groups' ? '' : '()'),
      max,
      message,
      fix: `use literal characters, classes like [a-z0-9_-], \\d \\w \\s, groups, | and * + ? {n}; no anchors, as the whole value is matched, and no lookaround, flags${parentheses === 'Groups' ? ', parentheses as characters' : ''} or {n} behind a group`,
    }),
    [
      {
        message: 'has parentheses that are not paired, or more than three inside one another',
        fix: 'pair them, and escape those that are meant as characters: \\( and \\)',
        cel: celMatches('self', paired),
        faults: (value) => unless(paired.test(value)),
      },
      {
        message: `has more than ${mostCounted} counted repetitions`,
        fix: 'use * or +, or fewer {n}',
        cel: celMatches('self', fewCounted),
        faults: (value) => unless(fewCounted.test(value)),
      },
    ],
  );
}
