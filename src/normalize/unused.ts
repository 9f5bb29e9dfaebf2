/** What a spec declares and then does not use. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import { isNamedBackend } from '../model/backend.ts';
import type { Backend } from '../model/backend.ts';
import type { Unused } from '../model/unused.ts';

/**
 * Backends that nothing names, in the order of `backends`, then the app's own split if no route uses it. A backend with
 * weight 0 in a split is named: somebody moves it later.
 */
export function unusedParts(
  spec: AppTrafficSpec,
  backends: readonly Backend[],
  { usesSplit }: { readonly usesSplit: boolean },
): readonly Unused[] {
  const routes = [...(spec.external?.routes ?? []), ...(spec.internal?.routes ?? [])];
  const named = new Set([
    ...Object.keys(usesSplit ? (spec.split ?? {}) : {}),
    ...routes.flatMap(({ to, split = {}, mirror }) => [to, mirror?.to, ...Object.keys(split)]),
    ...(spec.external?.tcp ?? []).map(({ to }) => to),
  ]);
  return [
    ...backends
      .filter(isNamedBackend)
      .filter(({ name }) => !named.has(name))
      .map(({ name, at }) => ({ what: 'Backend', name, at }) as const),
    ...(spec.split === undefined || usesSplit ? [] : [{ what: 'Split', at: 'spec.split' } as const]),
  ];
}
