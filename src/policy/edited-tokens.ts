/** AT0313: a route that needs a token must not change on the way which one the pods see. */
import type { Route } from '../model/route.ts';
import type { Policy } from './policy.ts';

const header = 'authorization';

/** Refuses edits of the header Authorization on routes that need a token. */
export const editedTokens: Policy = ({ external }) => ({
  problems: (external?.routes ?? []).flatMap((route) => {
    const edits = route.features.requestHeaders;
    if (edits === undefined || !needsToken(route)) return [];
    const { set, add, remove } = edits.value;
    const isEdited = [...set, ...add].some(({ name }) => name === header) || remove.includes(header);
    if (!isEdited) return [];
    return [
      {
        code: 'AT0313' as const,
        field: edits.at,
        message: `requests of route ${route.name} need a token in the header Authorization, and the route changes that header before anybody has checked it`,
        fix: 'leave Authorization out of headers.request; forward of external.auth.jwt[] says whether the pods get it',
      },
    ];
  }),
});

function needsToken({ features: { auth } }: Route): boolean {
  return (auth?.value.issuers.length ?? 0) > 0;
}
