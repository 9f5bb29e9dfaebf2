/** Which requests a route takes: all given conditions must hold. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { host } from '../../schema/host.ts';
import { headerMap, headerName } from './header-text.ts';
import { cookies, query } from './pair-match.ts';
import { path } from './path.ts';
import { headerRegex, pathRegex } from './regex-match.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';

/** HTTP methods (RFC 9110 §9, RFC 5789). */
export const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE']);

/** A list of methods, of which the request has one. */
export const methods = z.array(method).min(1).max(9).meta({ 'x-kubernetes-list-type': 'atomic' });

const conditionName = headerName('match.host and match.methods stand for pseudo-headers');

const conditionRules: readonly Rule<Readonly<Record<string, string>>>[] = [
  {
    message: 'the Host header is not a header condition',
    fix: 'use match.host',
    cel: "self.all(key, key.lowerAscii() != 'host')",
    faults: (map) => Object.keys(map).flatMap((name) => (name.toLowerCase() === 'host' ? [[name]] : [])),
  },
];

const headers = withRules(headerMap(conditionName), conditionRules);
const headersRegex = withRules(headerMap(conditionName, 4, headerRegex), conditionRules);

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
        absent: '/ where exact and regex are absent too',
      }),
    )
    .exactOptional(),
  exact: path.meta(about('The whole path, byte for byte.')).exactOptional(),
  regex: pathRegex
    .meta(
      about(
        'Regular expression (RE2) that the whole path matches; without anchors, lookaround, flags and references back.',
        { becomes: 'VirtualService.spec.http[].match[].uri.regex' },
      ),
    )
    .exactOptional(),
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
  headersRegex: headersRegex
    .meta(
      about(
        'Headers by name, each with a regular expression (RE2) that the whole value of one of its occurrences matches. Names ignore case.',
        { absent: 'any', becomes: 'VirtualService.spec.http[].match[].headers' },
      ),
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

/** Names of headers with a condition on their value. */
const valued = ({ headers: exact = {}, headersRegex: matched = {} }: Conditions): readonly string[] =>
  lower([...Object.keys(exact), ...Object.keys(matched)]);

/** That no name of the map, in whatever case, is among the names of the other field; the map is put into lower case once. */
const apartCel = (map: string, others: string): string =>
  `(!has(self.${map}) || !has(self.${others}) || [self.${map}.map(name, name.lowerAscii())].all(names, self.${others}.all(one, !(one.lowerAscii() in names))))`;
const noCookieCel = (list: string): string =>
  `(!has(self.${list}) || self.${list}.all(name, name.lowerAscii() != 'cookie'))`;

const rules: readonly Rule<Conditions>[] = [
  {
    message: 'more than one of prefix, exact and regex is given',
    fix: 'keep one of them',
    cel: '[has(self.prefix), has(self.exact), has(self.regex)].filter(given, given).size() <= 1',
    faults: ({ prefix, exact, regex }) =>
      unless([prefix, exact, regex].filter((given) => given !== undefined).length <= 1),
  },
  {
    message: 'a header is both demanded and forbidden',
    fix: 'keep it in one of headers, headersRegex and withoutHeaders',
    cel: ['headers', 'headersRegex'].map((map) => apartCel(map, 'withoutHeaders')).join(' && '),
    faults: (match) =>
      lower(match.withoutHeaders ?? []).flatMap((name, at) =>
        valued(match).includes(name) ? [['withoutHeaders', at]] : [],
      ),
  },
  {
    message: 'a header has an exact value and a regular expression',
    fix: 'keep it in one of headers and headersRegex',
    cel: apartCel('headers', 'headersRegex'),
    faults: ({ headers: exact = {}, headersRegex: matched = {} }) =>
      Object.keys(matched).flatMap((name) =>
        lower(Object.keys(exact)).includes(name.toLowerCase()) ? [['headersRegex', name]] : [],
      ),
  },
  {
    message: 'cookies and a condition on the Cookie header are both given',
    fix: 'keep one of them',
    cel: `!has(self.cookies) || (${['headers', 'headersRegex', 'withoutHeaders'].map(noCookieCel).join(' && ')})`,
    faults: (match) =>
      match.cookies !== undefined && [...valued(match), ...lower(match.withoutHeaders ?? [])].includes('cookie')
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
