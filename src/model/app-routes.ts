/** The routes of an app, whoever they are for. */
import type { Route } from './route.ts';
import type { Traffic } from './traffic.ts';

/** Those outside, then those inside, each list in order of precedence. */
export function appRoutes({ external, internal }: Pick<Traffic, 'external' | 'internal'>): readonly Route[] {
  return [...(external?.routes ?? []), ...(internal?.routes ?? [])];
}
