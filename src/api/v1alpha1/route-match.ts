/** Which requests a route takes: all given conditions must hold. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { host } from '../../schema/host.ts';
import { path } from './path.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { stringMap } from '../../schema/string-map.ts';
import { text } from '../../schema/text.ts';
import type { TextForm } from '../../schema/text.ts';

/** HTTP methods (RFC 9110 §9, RFC 5789). */
export const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE']);

/** A list of methods, of which the request has one. */
export const methods = z.array(method).min(1).max(9).meta({ 'x-kubernetes-list-type': 'atomic' });

/** A header's name: an RFC 7230 token, so no pseudo-header. */
const headerName: TextForm = {
  pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  max: 256,
  message: 'is not a header name',
  fix: 'use a token of letters, digits and dashes, without a colon; match.host and match.methods stand for pseudo-headers',
};

const headerValue = text({
  pattern: /^[!-~](?:[ -~]*[!-~])?$/,
  max: 512,
  message: 'is not a header value that a request can have',
  fix: 'use printable ASCII, neither empty nor with a space at an end',
});

const headers = withRules(stringMap(headerValue, { keys: headerName, most: 16 }), [
  {
    message: 'a header is named twice',
    fix: 'name it once; upper and lower case do not count',
    cel: 'self.all(one, self.exists_one(other, other.lowerAscii() == one.lowerAscii()))',
    faults: (map) => {
      const names = Object.keys(map).map((name) => name.toLowerCase());
      return Object.keys(map).flatMap((name, at) => (names.indexOf(names[at] ?? '') < at ? [[name]] : []));
    },
  },
  {
    message: 'the Host header is not a header condition',
    fix: 'use match.host',
    cel: "self.all(key, key.lowerAscii() != 'host')",
    faults: (map) => Object.keys(map).flatMap((name) => (name.toLowerCase() === 'host' ? [[name]] : [])),
  },
]);

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
      }),
    )
    .exactOptional(),
});

const rules: readonly Rule<{ prefix?: string | undefined; exact?: string | undefined }>[] = [
  {
    message: 'prefix and exact are both given',
    fix: 'keep one of them',
    cel: '!has(self.prefix) || !has(self.exact)',
    faults: ({ prefix, exact }) => unless(prefix === undefined || exact === undefined),
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
