/** Requests of pages of other origins: preflights and others, around what a route asks for and allows. */
import type { Header } from '../../../src/decide/request.ts';
import type { RouteFeatures } from '../../../src/model/route.ts';

type Asking = { readonly method?: string; readonly headers: readonly Header[] };

const line = (name: string, value: string): Header => ({ name, value });
const origin = (value: string): Header => line('Origin', value);
const asked = (value: string): Header => line('access-control-request-method', value);

/** Origins around those that are allowed. */
function originsAround(allowed: readonly string[]): readonly string[] {
  return allowed.flatMap((one) => {
    if (one === '*') return ['https://any.test', 'null'];
    const [scheme = '', domain] = one.split('*.');
    if (domain === undefined) return [one, `${one}x`, one.toUpperCase(), `${one}:8443`, one.replace('.', 'x')];
    return ['a', 'a.b-c', '', 'a.', '.a', 'A', 'evil.test/']
      .map((label) => `${scheme}${label}.${domain}`)
      .concat(`${scheme}${domain}`, `${scheme}a${domain}`, `${scheme}a.${domain}.evil.test`, `x${scheme}a.${domain}`);
  });
}

/** What pages ask of a route: with `cors` from every origin, and where methods count as preflights for each. */
export function originsOf({ cors, methods }: RouteFeatures, isOutside: boolean): readonly Asking[] {
  if (!isOutside || (cors === undefined && methods === undefined)) return [];
  const known = cors?.value.origins ?? ['https://any.test'];
  const [first = ''] = originsAround(known);
  const wanted = methods?.value[0] ?? 'PUT';
  const preflight = (...headers: readonly Header[]): Asking => ({ method: 'OPTIONS', headers });
  return [
    ...originsAround(known).flatMap((one) => [{ headers: [origin(one)] }, preflight(origin(one), asked(wanted))]),
    ...[...new Set(['GET', 'POST', 'OPTIONS', 'get', ...(methods?.value ?? [])])].map((one) =>
      preflight(origin(first), asked(one)),
    ),
    preflight(origin(first)),
    preflight(asked(wanted)),
    preflight(origin(''), asked(wanted)),
    preflight(origin(first), asked('')),
    preflight(origin(first), origin('https://two.test'), asked(wanted)),
    preflight(origin(first), asked(wanted), asked('GET')),
    { headers: [origin(first), asked(wanted)] },
    { headers: [origin('')] },
  ];
}
