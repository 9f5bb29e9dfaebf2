/** CORS: which origins a browser may let read the answers, and what a preflight is told (Fetch standard, §3.2). */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { duration } from '../../schema/duration.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { headerName } from './header-text.ts';
import { methods } from './route-match.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';

const becomes = 'VirtualService.spec.http[].corsPolicy';

/** A scheme's own port is never part of an origin (WHATWG URL, §4.7). */
const ownPort = /^(?:http:.*:80|https:.*:443)$/;

const origin = withRules(
  text({
    pattern: /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[a-z0-9][a-z0-9._-]*(?::[1-9][0-9]{0,4})?)$/,
    max: 255,
    message: 'is not an origin',
    fix: 'write SCHEME://HOST or SCHEME://HOST:PORT in lower case, as in https://www.example.com; https://*.example.com is any name below it, * any origin',
  }),
  [
    {
      message: 'names the own port of its scheme, which browsers leave out',
      fix: 'leave out :80 after http and :443 after https',
      cel: "!(self.startsWith('http:') && self.endsWith(':80')) && !(self.startsWith('https:') && self.endsWith(':443'))",
      faults: (value: string) => unless(!ownPort.test(value)),
    },
  ],
);

const names = z
  .array(text({ ...headerName('name each header; * is none here'), pattern: /^[!#-'+.0-9A-Z^-z|~-]+$/, max: 64 }))
  .min(1)
  .max(16)
  .meta({ 'x-kubernetes-list-type': 'atomic' });

type Fields = {
  readonly origins?: readonly string[] | undefined;
  readonly credentials?: boolean | undefined;
  readonly maxAge?: string | undefined;
};

const rules: readonly Rule<Fields>[] = [
  {
    message: 'credentials for any origin would let every web page act in the name of the user',
    fix: 'list the origins, or remove credentials',
    cel: "!has(self.credentials) || !self.credentials || !self.origins.exists(one, one == '*')",
    faults: ({ origins = [], credentials }) => (credentials === true && origins.includes('*') ? [['credentials']] : []),
  },
  {
    message: 'maxAge is counted in whole seconds',
    fix: 'write h, m and s only, as in 10m',
    cel: "!has(self.maxAge) || !self.maxAge.contains('ms')",
    faults: ({ maxAge = '' }) => (maxAge.includes('ms') ? [['maxAge']] : []),
  },
];

/** CORS of a route, and as a default for all that forward. */
export const cors = withRules(
  z.strictObject({
    origins: z
      .array(origin)
      .min(1)
      .max(8)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .meta(
        about(
          'Origins whose pages may read the answers: SCHEME://HOST[:PORT]; https://*.example.com is any name below it, * any origin.',
          { becomes: `${becomes}.allowOrigins` },
        ),
      ),
    methods: methods
      .meta(
        about('Methods that pages may use, as a preflight is told.', {
          absent: 'none is told: browsers then allow GET, HEAD and POST',
          becomes: `${becomes}.allowMethods`,
        }),
      )
      .exactOptional(),
    headers: names
      .meta(
        about('Request headers that pages may set, as a preflight is told.', {
          absent: 'none is told: browsers then allow those that need no leave',
          becomes: `${becomes}.allowHeaders`,
        }),
      )
      .exactOptional(),
    exposeHeaders: names
      .meta(
        about('Headers of answers that pages may read, beside those that need no leave.', {
          absent: 'none',
          becomes: `${becomes}.exposeHeaders`,
        }),
      )
      .exactOptional(),
    credentials: z
      .boolean()
      .meta(
        about('Whether pages may send cookies and other credentials along.', {
          absent: 'false',
          becomes: `${becomes}.allowCredentials`,
        }),
      )
      .exactOptional(),
    maxAge: duration
      .meta(
        about('How long a browser may remember what a preflight was told, in whole seconds.', {
          absent: "the browser's own",
          becomes: `${becomes}.maxAge`,
        }),
      )
      .exactOptional(),
  }),
  rules,
);

/** CORS as written. */
export type Cors = Immutable<z.output<typeof cors>>;
