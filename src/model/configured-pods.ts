/** Which parts of an app become objects that select its pods and speak to their sidecars. */
import { bodyLimitAtPods } from './body-limit.ts';
import { entryPolicyOf } from './entry-policy.ts';
import type { At } from './located.ts';
import { rateLimitFields } from './rate-limit.ts';
import type { Traffic } from './traffic.ts';

/** Such a part: its name in the spec and its place; `isField`: it is one field and not a part with fields of its own. */
export type PodPart = {
  readonly name:
    | 'internal'
    | 'observability'
    | 'external.maxBodySize'
    | 'external.allowCIDRs'
    | 'external.denyCIDRs'
    | 'external.auth'
    | 'external.rateLimit'
    | 'rateLimit';
  readonly at: At;
  readonly isField: boolean;
};

/** What tells which parts there are. */
type Parts = Pick<Traffic, 'internal' | 'observability' | 'external'>;

/** Those that the app has. */
export function podParts({ internal, observability, external }: Parts): readonly PodPart[] {
  const limit = bodyLimitAtPods(external);
  const entry = entryPolicyOf(external);
  const token = entry?.jwt ?? entry?.provider;
  return [
    ...(internal === undefined ? [] : [{ name: 'internal' as const, at: internal.at, isField: false }]),
    ...(observability === undefined ? [] : [{ name: 'observability' as const, at: observability.at, isField: false }]),
    ...(limit === undefined ? [] : [{ name: 'external.maxBodySize' as const, at: limit.at, isField: true }]),
    ...(entry?.allowCIDRs === undefined
      ? []
      : [{ name: 'external.allowCIDRs' as const, at: entry.allowCIDRs.at, isField: true }]),
    ...(entry?.denyCIDRs === undefined
      ? []
      : [{ name: 'external.denyCIDRs' as const, at: entry.denyCIDRs.at, isField: true }]),
    ...(token === undefined ? [] : [{ name: 'external.auth' as const, at: token.at, isField: true }]),
    ...rateLimitFields(external).map((field) => ({ ...field, isField: true })),
  ];
}

/** Whether objects of the app select its pods: no other app may then mean the same pods. */
export function configuresPods(traffic: Parts): boolean {
  return podParts(traffic).length > 0;
}
