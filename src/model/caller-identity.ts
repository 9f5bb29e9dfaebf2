/** Callers: who an entry of `allow` means (api.md §4). The AuthorizationPolicy and status both say what this says. */
import type { AllowEntry, Traffic } from './traffic.ts';
import type { SiblingApp } from './world.ts';

/** One ServiceAccount, or every ServiceAccount of a namespace; undefined: anyone, with an identity or without. */
export type CallerIdentity = { readonly namespace: string; readonly serviceAccount?: string } | undefined;

type KnownApp = Pick<SiblingApp, 'app' | 'serviceAccount'>;

/** Who the entry of app `own` means: an AppTraffic is its serviceAccount, and where there is none, the ServiceAccount of that name. */
export function callerIdentity(entry: AllowEntry, own: KnownApp, siblings: readonly KnownApp[]): CallerIdentity {
  const namespace = entry.namespace ?? own.app.namespace;
  if (entry.app !== undefined) {
    const named = [own, ...siblings].find(({ app }) => app.namespace === namespace && app.name === entry.app);
    return { namespace, serviceAccount: named?.serviceAccount ?? entry.app };
  }
  if (entry.serviceAccount !== undefined) return { namespace, serviceAccount: entry.serviceAccount };
  return entry.namespace === undefined ? undefined : { namespace: entry.namespace };
}

/**
 * All that `allow` means, sorted, each once: `team/checkout` (a ServiceAccount), `team/*` (every ServiceAccount of the
 * namespace), `*` (anyone). Undefined without `allow`: nobody is restricted.
 */
export function callersOf(
  traffic: KnownApp & Pick<Traffic, 'internal'>,
  siblings: readonly KnownApp[],
): readonly string[] | undefined {
  const entries = traffic.internal?.allow?.value;
  if (entries === undefined) return undefined;
  return [...new Set(entries.map((entry) => callerText(callerIdentity(entry, traffic, siblings))))].sort();
}

function callerText(caller: CallerIdentity): string {
  return caller === undefined ? '*' : `${caller.namespace}/${caller.serviceAccount ?? '*'}`;
}
