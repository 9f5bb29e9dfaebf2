/** AT0313: a route that needs a token must not change on the way which one the pods see. */
import type { Route } from '../model/route.ts';
import type { Policy } from './policy.ts';

const header = 'authorization';

/** Refuses edits of the header Authorization on routes that need a token. */
export const editedTokens: Policy = ({ external }) => ({
  problems: (external?.routes ?? []).flatMap((route) => {
    if (!editsToken(route)) return [];
    return [
      {
        code: 'AT0313' as const,
        field: route.features.requestHeaders?.at ?? route.at,
        message: `requests of route ${route.name} need a token in the header Authorization, and the route changes that header before anybody has checked it`,
        fix: 'leave Authorization out of headers.request; forward of external.auth.jwt[] says whether the pods get it',
      },
    ];
  }),
});

/** Whether the route needs a token and edits the header that it stands in. */
export function editsToken({ features: { auth, requestHeaders } }: Pick<Route, 'features'>): boolean {
  if (requestHeaders === undefined || auth === undefined || auth.value.issuers.length === 0) return false;
  const { set, add, remove } = requestHeaders.value;
  return [...set, ...add].some(({ name }) => name === header) || remove.includes(header);
}
