/** An answer that sends the client elsewhere. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { path } from './path.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { portNumber } from '../../schema/text.ts';

const codes = [301, 302, 303, 307, 308] as const;

/** A redirect; what it does not name stays as the request had it. */
export const redirect = withRules(
  z.strictObject({
    scheme: z
      .enum(['http', 'https'])
      .meta(about('Scheme of the new address.', { absent: "the request's" }))
      .exactOptional(),
    host: exactHost.meta(about('Host of the new address.', { absent: "the request's" })).exactOptional(),
    port: portNumber
      .meta(
        about('Port of the new address.', {
          absent:
            "the scheme's own where host is given, else the request's, without 80 or 443 where the scheme changes",
        }),
      )
      .exactOptional(),
    path: path.meta(about('Replaces the whole path.', { absent: "the request's" })).exactOptional(),
    prefix: path
      .meta(about('Replaces the prefix that match.prefix matched.', { absent: "the request's" }))
      .exactOptional(),
    code: z
      .literal(codes)
      .meta({ ...about('Status code of the answer.', { absent: '302' }), type: 'integer' })
      .exactOptional(),
  }),
  [
    {
      message: 'the redirect leads back to the same address',
      fix: 'give at least one of scheme, host, port, path and prefix',
      cel: 'has(self.scheme) || has(self.host) || has(self.port) || has(self.path) || has(self.prefix)',
      faults: ({ scheme, host, port, path, prefix }) =>
        unless([scheme, host, port, path, prefix].some((part) => part !== undefined)),
    },
    {
      message: 'path and prefix are both given',
      fix: 'keep path to replace the whole path, or prefix to replace what match.prefix matched',
      cel: '!has(self.path) || !has(self.prefix)',
      faults: ({ path, prefix }) => unless(path === undefined || prefix === undefined),
    },
  ],
);
