/** Every case of a request that comes from outside. */
import type { LiveCase } from '../live-case.ts';
import { hostCases } from './hosts.ts';

/** In the order in which they run. */
export const outsideCases: readonly LiveCase[] = [...hostCases];
