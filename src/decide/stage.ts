/** The stage on which a request from outside meets the apps that hold its host. */
import type { AppRef } from '../model/traffic.ts';
import type { Approach } from './approach.ts';
import type { Winner } from './choose-route.ts';
import type { Holder } from './held-host.ts';
import type { Question } from './question.ts';

/** Who holds the host, and whose route takes the request. */
export type Stage = {
  readonly question: Question;
  readonly host: string;
  readonly approaches: readonly Approach[];
  readonly winner: Winner | undefined;
  /** Those whose word counts: that of the winner, else everybody who holds the host. */
  readonly deciding: readonly Approach[];
};

/** The app that is meant where there is only one. */
export function soleApp(holders: readonly Holder[]): { readonly app?: AppRef } {
  const [only] = holders.length === 1 ? holders : [];
  return only === undefined ? {} : { app: only.traffic.app };
}

/** The app that decides, where it is one. */
export function appOf({ deciding }: Stage): { readonly app?: AppRef } {
  return soleApp(deciding.map(({ holder }) => holder));
}
