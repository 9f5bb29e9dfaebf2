/** AT0308: a backend or a split that is declared and that nothing leads to. */
import type { Policy } from './policy.ts';

/** A Warning for each. */
export const unusedParts: Policy = ({ unused = [] }) => ({
  problems: unused.map((part) =>
    part.what === 'Backend'
      ? {
          code: 'AT0308',
          field: part.at,
          message: `backend ${part.name} never gets a request: no route, split, mirror or tcp entry names it`,
          fix: `lead a route to ${part.name}, or remove it`,
        }
      : {
          code: 'AT0308',
          field: part.at,
          message: 'the split never gets a request: every route says where it leads',
          fix: 'remove to or split from a route that shall use it, or remove the split',
        },
  ),
});
