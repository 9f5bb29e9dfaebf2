/** Regular expressions as conditions on the path and on values of headers. */
import { regex } from '../../schema/regex.ts';
import { celMatches, unless, withRules } from '../../schema/rule.ts';

const ofPaths = {
  literals: '!%&,/:;=@\\w~',
  message: 'is not a regular expression for paths that all engines read alike',
};

const matchesSome = {
  message: 'is a regular expression that no path matches',
  fix: 'begin with /, as paths do, or with .* or a group',
  cel: celMatches('self', /^[/.([\\]/),
  faults: (value: string) => unless(/^[/.([\\]/.test(value)),
};

/**
 * A regular expression for the whole path that a rewrite replaces. Its parentheses are all groups, so that the API server
 * can count them.
 */
export const rewrittenRegex = withRules(regex({ ...ofPaths, max: 128, parentheses: 'Groups' }), [matchesSome]);

/** A regular expression for a whole path: of the characters that a normalized path can have but the single quote. */
export const pathRegex = withRules(regex({ ...ofPaths, max: 256 }), [
  matchesSome,
  {
    message: 'is a regular expression that every path matches',
    fix: 'use prefix: / instead',
    cel: "self != '.*'",
    faults: (value) => unless(value !== '.*'),
  },
]);

/** A regular expression for a whole value of a header: of printable ASCII. */
export const headerRegex = regex({
  max: 128,
  literals: " -#%-',/-9:->@\\w\\x60~",
  message: 'is not a regular expression for header values that all engines read alike',
});
