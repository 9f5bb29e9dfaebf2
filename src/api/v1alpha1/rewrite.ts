/** Changes of what the backend sees: the path and the host. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';
import { path } from './path.ts';
import { rewrittenRegex } from './regex-match.ts';

const group = '\\\\\\d';
const segment = `(?:\\.{0,2}(?:[\\w~-]|${group})|\\.{3})(?:[\\w.~-]|${group})*`;

/** A path as in `path.ts`, of which parts come from the groups. */
const replacement = text({
  pattern: new RegExp(`^(?:(?:${group}(?:[\\w.~-]|${group})*|\\/${segment})(?:\\/${segment})*\\/?|\\/)$`),
  max: 128,
  message: 'is not a plain path with references',
  fix: 'begin with / or \\0, use letters, digits, . _ ~ - and \\0 to \\9 between single slashes, no . or .. segment, no query, no escapes',
});

const references = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** How many groups take text; parentheses are nothing else in such an expression. */
function groupsIn(match: string): number {
  return match.split('(').length - match.split('(?:').length;
}

const regexRewrite = withRules(
  z.strictObject({
    match: rewrittenRegex.meta(
      about(
        'A regular expression (RE2) for the whole path, normalized, without the query; a path that it does not match stays as it is. Its groups take the parts that are kept.',
      ),
    ),
    with: replacement.meta(
      about(
        'The new path; \\1 to \\9 stand for what the groups of match took, empty where a group took no part, and \\0 for the whole path.',
      ),
    ),
  }),
  [
    {
      message: 'with refers to a group that match does not have',
      fix: 'count the groups that begin with ( and not with (?: from the left, the first one is \\1',
      cel: `[${references.map((one) => `'${one}'`).join(', ')}].all(one, !self.with.contains('\\\\' + one) || int(one) <= self.match.split('(').size() - self.match.split('(?:').size())`,
      faults: ({ match, with: given }) =>
        references.some((one) => given.includes(`\\${one}`) && Number(one) > groupsIn(match)) ? [['with']] : [],
    },
  ],
);

/** A rewrite; what it does not name stays as the request had it, and the query always does. */
export const rewrite = withRules(
  z.strictObject({
    prefix: path
      .meta(
        about('Replaces the prefix that match.prefix matched; joined with one slash.', {
          absent: "the request's",
          becomes: 'VirtualService.spec.http[].rewrite.uri',
        }),
      )
      .exactOptional(),
    path: path
      .meta(
        about('Replaces the whole path; the query stays.', {
          absent: "the request's",
          becomes: 'VirtualService.spec.http[].rewrite.uriRegexRewrite',
        }),
      )
      .exactOptional(),
    regex: regexRewrite
      .meta(
        about('Replaces a path that a regular expression matches; the query stays.', {
          absent: "the request's",
          becomes: 'VirtualService.spec.http[].rewrite.uriRegexRewrite',
        }),
      )
      .exactOptional(),
    host: exactHost
      .meta(
        about('Replaces the Host header, its port too.', {
          absent: "the request's",
          becomes: 'VirtualService.spec.http[].rewrite.authority',
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'the rewrite changes nothing',
      fix: 'give at least one of prefix, path, regex and host',
      cel: 'has(self.prefix) || has(self.path) || has(self.regex) || has(self.host)',
      faults: ({ prefix, path, regex, host }) => unless([prefix, path, regex, host].some((part) => part !== undefined)),
    },
    {
      message: 'more than one of prefix, path and regex is given',
      fix: 'keep prefix to replace what match.prefix matched, path to replace the whole path, or regex to keep parts of it',
      cel: '[has(self.prefix), has(self.path), has(self.regex)].filter(given, given).size() <= 1',
      faults: ({ prefix, path, regex }) =>
        unless([prefix, path, regex].filter((part) => part !== undefined).length <= 1),
    },
  ],
);
