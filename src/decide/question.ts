/** Questions: all that a decision may depend on. */
import type { Platform } from '../model/platform.ts';
import type { ServedModel } from '../model/profile.ts';
import type { AppRef } from '../model/traffic.ts';
import type { Caller, HttpRequest } from './request.ts';

/** The ServiceAccount and the Service of an AppTraffic, whether it is served or not: what `allow` and `calls` resolve `app` to. */
export type Account = { readonly app: AppRef; readonly serviceAccount: string; readonly service: string };

/** One request, and the world that it comes into; all lists in any order. */
export type Question = {
  /** Every app that is served; those that were refused are not among them. */
  readonly apps: readonly ServedModel[];
  readonly accounts: readonly Account[];
  readonly platform: Pick<Platform, 'gateways' | 'clusterDomain' | 'calls'>;
  readonly request: HttpRequest;
  readonly caller: Caller;
};
