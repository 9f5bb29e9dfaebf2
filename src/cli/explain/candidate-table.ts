/** The candidates of a decision as a table. */
import type { Candidate, Verdict } from '../../decide/decision.ts';

/** Where a route stands in the files, e.g. `shop.yaml:12`. */
export type PlaceOf = (candidate: Pick<Candidate, 'app' | 'at'>) => string;

const verdicts: Readonly<Record<Verdict, string>> = { wins: 'wins', loses: 'loses', noMatch: 'no match' };

/** Head and rows, in order of precedence; with the apps where there are several. */
export function candidateTable(candidates: readonly Candidate[], placeOf: PlaceOf): readonly (readonly string[])[] {
  const appOf = ({ app }: Candidate): string => `${app.namespace}/${app.name}`;
  const isShared = new Set(candidates.map(appOf)).size > 1;
  return [
    [...(isShared ? ['APP'] : []), 'ROUTE', 'DEFINED AT', 'VERDICT', 'REASON'],
    ...candidates.map((one) => [
      ...(isShared ? [appOf(one)] : []),
      one.route,
      placeOf(one),
      verdicts[one.verdict],
      one.reason,
    ]),
  ];
}
