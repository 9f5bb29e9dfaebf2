/** Which requests a route takes: all given conditions must hold. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { host } from '../../schema/host.ts';
import { headerMap, headerName } from './header-text.ts';
import { cookies, query } from './pair-match.ts';
import { path } from './path.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';

/** HTTP methods (RFC 9110 §9, RFC 5789). */
export const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE']);

/** A list of methods, of which the request has one. */
export const methods = z.array(method).min(1).max(9).meta({ 'x-kubernetes-list-type': 'atomic' });

const conditionName = headerName('match.host and match.methods stand for pseudo-headers');

const headers = withRules(headerMap(conditionName), [
  {
    message: 'the Host header is not a header condition',
    fix: 'use match.host',
    cel: "self.all(key, key.lowerAscii() != 'host')",
    faults: (map) => Object.keys(map).flatMap((name) => (name.toLowerCase() === 'host' ? [[name]] : [])),
  },
]);

const withoutHeaders = withRules(
  z.array(text(conditionName)).min(1).max(16).meta({ 'x-kubernetes-list-type': 'atomic' }),
  [
    {
      message: 'every request has a Host header',
      fix: 'use match.host',
      cel: "self.all(name, name.lowerAscii() != 'host')",
      faults: (names) => names.flatMap((name, at) => (name.toLowerCase() === 'host' ? [[at]] : [])),
    },
  ],
);

const inMesh = z.strictObject({
  prefix: path
    .meta(
      about('Whole path segments: /api means /api, /api/ and all below, never /apix.', {
        absent: '/ where exact is absent too',
      }),
    )
    .exactOptional(),
  exact: path.meta(about('The whole path, byte for byte.')).exactOptional(),
  methods: methods
    .meta(about('Methods, of which the request has one. HEAD is not GET.', { absent: 'any' }))
    .exactOptional(),
  headers: headers
    .meta(
      about('Headers by name, each with the exact value of one of its occurrences. Names ignore case.', {
        absent: 'any',
        becomes: 'VirtualService.spec.http[].match[].headers',
      }),
    )
    .exactOptional(),
  withoutHeaders: withoutHeaders
    .meta(
      about('Names of headers that the request must not have, whatever their value. Names ignore case.', {
        absent: 'none',
        becomes: 'VirtualService.spec.http[].match[].withoutHeaders',
      }),
    )
    .exactOptional(),
  cookies: cookies
    .meta(
      about(
        'Cookies by name, each with its exact value; other cookies may stand beside them. Upper and lower case count.',
        {
          absent: 'any',
          becomes: 'VirtualService.spec.http[].match[].headers.cookie',
        },
      ),
    )
    .exactOptional(),
  query: query
    .meta(
      about(
        'Query parameters by name, each with its exact value, as the URL has them: nothing is decoded, and of a repeated parameter the first counts.',
        { absent: 'any', becomes: 'VirtualService.spec.http[].match[].queryParams' },
      ),
    )
    .exactOptional(),
});

type Conditions = Partial<z.output<typeof inMesh>>;

const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());

/** Whether a condition of its own speaks about the header. */
const isNamed = (name: string, { headers: map = {} }: Conditions): boolean => lower(Object.keys(map)).includes(name);

const rules: readonly Rule<Conditions>[] = [
  {
    message: 'prefix and exact are both given',
    fix: 'keep one of them',
    cel: '!has(self.prefix) || !has(self.exact)',
    faults: ({ prefix, exact }) => unless(prefix === undefined || exact === undefined),
  },
  {
    message: 'a header is both demanded and forbidden',
    fix: 'keep it in one of headers and withoutHeaders',
    // Put into lower case once: comparing them pair by pair would cost the square of it.
    cel: '!has(self.headers) || !has(self.withoutHeaders) || [self.headers.map(name, name.lowerAscii())].all(demanded, self.withoutHeaders.all(one, !(one.lowerAscii() in demanded)))',
    faults: (match) =>
      lower(match.withoutHeaders ?? []).flatMap((name, at) => (isNamed(name, match) ? [['withoutHeaders', at]] : [])),
  },
  {
    message: 'cookies and a condition on the Cookie header are both given',
    fix: 'keep one of them',
    cel: "!has(self.cookies) || ((!has(self.headers) || self.headers.all(name, name.lowerAscii() != 'cookie')) && (!has(self.withoutHeaders) || self.withoutHeaders.all(name, name.lowerAscii() != 'cookie')))",
    faults: (match) =>
      match.cookies !== undefined && (isNamed('cookie', match) || lower(match.withoutHeaders ?? []).includes('cookie'))
        ? [['cookies']]
        : [],
  },
];

/** The conditions of a route inside the mesh. */
export const internalMatch = withRules(inMesh, rules);

/** The conditions of a route for the outside. */
export const externalMatch = withRules(
  z.strictObject({
    host: host
      .meta(
        about('Only requests for this host: one of external.hosts, or a host below a wildcard among them.', {
          absent: 'all of external.hosts',
        }),
      )
      .exactOptional(),
    ...inMesh.shape,
  }),
  rules,
);
