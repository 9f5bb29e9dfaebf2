/** Headers, cookies and queries of requests: those that a route wants, and those around them. */
import type { Header, HttpRequest } from '../../../src/decide/request.ts';
import type { RouteFeatures } from '../../../src/model/route.ts';
import { sampleOfRegex } from './regexes.ts';

/** What of a request conditions beside path and method look at. */
export type Conditioned = Pick<HttpRequest, 'headers'> & { readonly query?: string };

/** Headers and query that meet all conditions of a route. */
export function sampleConditions(features: RouteFeatures): Conditioned {
  const { cookies, query } = features;
  return {
    headers: [...wantedHeaders(features), ...cookieLine(cookies?.value ?? [])],
    ...(query === undefined ? {} : { query: `?${query.value.map(pairText).join('&')}` }),
  };
}

/** Headers with the cookie of each side of a sticky split, of two at once, and of sides that nobody is given. */
function sidesAround(features: RouteFeatures): readonly Partial<Conditioned>[] {
  const { sticky, forward, cookies } = features;
  if (sticky === undefined) return [];
  const names = [...(forward?.value ?? []).map(({ backend }) => backend.name), 'gone', 'nobody'];
  const { cookie } = sticky.value;
  const values = names.map((name) => ({ name: cookie, value: name }));
  const lines = [...values.map((one) => [one]), values.slice(0, 2).reverse(), values.slice(1)];
  return lines.map((some) => ({
    headers: [...wantedHeaders(features), ...cookieLine([...(cookies?.value ?? []), ...some])],
  }));
}

/** Headers and queries that differ from those in one of the conditions. */
export function conditionsAround(features: RouteFeatures): readonly Partial<Conditioned>[] {
  const [wanted, cookies] = [wantedHeaders(features), features.cookies?.value ?? []];
  const sample = sampleConditions(features).headers;
  return [
    ...headersAround(wanted).map((lines) => ({ headers: [...lines, ...cookieLine(cookies)] })),
    ...cookiesAround(cookies).map((lines) => ({ headers: [...wanted, ...lines] })),
    ...sidesAround(features),
    ...queriesAround(features.query?.value ?? []).map((query) => ({ query })),
    ...(features.withoutHeaders?.value ?? [])
      .flatMap((name) => ['a', ''].map((value) => ({ name, value })))
      .map((line) => ({ headers: [...sample, line] })),
  ];
}

/** Header lines that meet the conditions on values. */
function wantedHeaders({ headers, headersRegex }: RouteFeatures): readonly Header[] {
  const like = headersRegex?.value.map(({ name, value }) => ({ name, value: sampleOfRegex(value).trim() }));
  return [...(headers?.value ?? []), ...(like ?? [])];
}

const pairText = ({ name, value }: Header): string => `${name}=${value}`;

function cookieLine(cookies: readonly Header[]): readonly Header[] {
  return cookies.length === 0 ? [] : [{ name: 'Cookie', value: cookies.map(pairText).join('; ') }];
}

/** Headers around conditions: absent, another value, other case, repeated, joined, with blanks. */
export function headersAround(conditions: readonly Header[]): readonly (readonly Header[])[] {
  return conditions.flatMap(({ name, value }, i) => {
    const others = conditions.filter((_, at) => at !== i);
    const withLines = (...lines: readonly Header[]): readonly Header[] => [...others, ...lines];
    return [
      withLines(),
      withLines({ name: name.toUpperCase(), value }),
      withLines({ name, value: value.toUpperCase() }),
      withLines({ name, value: value.toLowerCase() }),
      withLines({ name, value: ` ${value} ` }),
      withLines({ name, value: `${value}x` }),
      withLines({ name, value: `x${value}` }),
      withLines({ name, value: `${value},other` }),
      withLines({ name, value: 'other' }, { name, value }),
      withLines({ name, value }, { name, value: 'other' }),
      withLines({ name, value: 'other' }),
      withLines({ name, value: '' }),
    ];
  });
}

/** Cookie headers around conditions: absent, other values and cases, among others, in one line and in several. */
export function cookiesAround(cookies: readonly Header[]): readonly (readonly Header[])[] {
  const text = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const lines = (...values: readonly string[]): readonly Header[] => values.map((value) => ({ name: 'cookie', value }));
  const [{ name, value } = { name: '', value: '' }] = cookies;
  const others = cookies
    .slice(1)
    .map((one) => `${one.name}=${one.value}; `)
    .join('');
  if (cookies.length === 0) return [];
  return [
    [],
    lines(text.toUpperCase()),
    lines(`x=y; ${text}`),
    lines(`${text}; x=y`),
    lines(`x=y;${text};`),
    lines(` ; ${text} ; ${name}=other`),
    lines(`${name}=other; ${text}`),
    lines('x=y', text),
    lines(text, 'x=y'),
    lines(...cookies.map((one) => `${one.name}=${one.value}`)),
    lines(`${others}${name}=${value}x`),
    lines(`${others}x${name}=${value}`),
    lines(`${others}x ${name}=${value}`),
    lines(`${others}${name}=x${value}`),
    lines(`${others}${name}= ${value}`),
    lines(`${others}${name}="${value}"`),
    lines(`${others}x=${name}=${value}`),
    lines(`${others}${name}`),
    lines(`${others}${name}=`),
    lines(`${text.replaceAll('; ', ', ')}, x=y`),
  ];
}

/** Queries around conditions: absent, empty, other cases, encoded, repeated, among others. */
export function queriesAround(conditions: readonly Header[]): readonly string[] {
  const text = conditions.map(({ name, value }) => `${name}=${value}`).join('&');
  const [{ name, value } = { name: '', value: '' }] = conditions;
  const others = conditions
    .slice(1)
    .map((one) => `&${one.name}=${one.value}`)
    .join('');
  if (conditions.length === 0) return [];
  return [
    '',
    '?',
    `?x=y&${text}`,
    `?${text}&x=y`,
    `?&&${text}&`,
    `?${text}&${name}=other`,
    `?${name}=other&${text}`,
    `?${name}&${text}`,
    `?${name}=${others}`,
    `?${name}${others}`,
    `?${name}=${value}x${others}`,
    `?${name}=x${value}${others}`,
    `?x${name}=${value}${others}`,
    `?${name}=${escapedFirst(value)}${others}`,
    `?${escapedFirst(name)}=${value}${others}`,
    `?${name}=${value.toUpperCase()}${others}`,
    `?${name.toUpperCase()}=${value.toLowerCase()}${others}`,
    `?${name}=${value};x=y${others}`,
    `?${name}=${value}?${others}`,
    `?x=?${text}`,
  ];
}

/** The text with its first character as an escape. */
function escapedFirst(text: string): string {
  return `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`;
}
