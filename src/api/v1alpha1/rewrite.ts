/** Changes of what the backend sees: the path and the host. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { path } from './path.ts';

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
      fix: 'give at least one of prefix, path and host',
      cel: 'has(self.prefix) || has(self.path) || has(self.host)',
      faults: ({ prefix, path, host }) => unless([prefix, path, host].some((part) => part !== undefined)),
    },
    {
      message: 'path and prefix are both given',
      fix: 'keep path to replace the whole path, or prefix to replace what match.prefix matched',
      cel: '!has(self.path) || !has(self.prefix)',
      faults: ({ path, prefix }) => unless(path === undefined || prefix === undefined),
    },
  ],
);
