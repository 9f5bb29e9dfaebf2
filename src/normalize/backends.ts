/** Backends and splits. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import { appBackend } from '../model/backend.ts';
import type { Backend, WeightedBackend } from '../model/backend.ts';

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** All backends of the app, sorted by name, the reserved `app` among them. */
export function normalizeBackends(spec: AppTrafficSpec, namespace: string): readonly Backend[] {
  const own = Object.entries(spec.backends ?? {}).map(([name, backend]): Backend => {
    const at = `spec.backends.${name}`;
    const { service, host, port, tls } = backend;
    // The schema lets neither stand without the other.
    if (host !== undefined && port !== undefined) return { kind: 'Host', name, host, port, tls: tls === true, at };
    if (service === undefined) return { kind: 'Subset', name, labels: backend.labels ?? {}, at };
    return {
      kind: 'Service',
      name,
      namespace: service.namespace ?? namespace,
      service: service.name,
      port: service.port,
      at,
    };
  });
  return [...own, { kind: 'App', name: appBackend } as const].sort(byName);
}

/** A split as the model has it: backends with a weight above 0, sorted by name. Names without a backend are left out (the schema refuses them). */
export function normalizeSplit(
  split: Readonly<Record<string, number>>,
  backends: readonly Backend[],
): readonly WeightedBackend[] {
  return backends.flatMap((backend) => {
    const weight = split[backend.name] ?? 0;
    return weight > 0 ? [{ backend, weight }] : [];
  });
}

/** The backends of a split that have weight 0, sorted by name. */
export function idleIn(split: Readonly<Record<string, number>>, backends: readonly Backend[]): readonly Backend[] {
  return backends.filter(({ name }) => split[name] === 0);
}

/** All requests to one backend. */
export function wholeTo(name: string, backends: readonly Backend[]): readonly WeightedBackend[] {
  return normalizeSplit({ [name]: 100 }, backends);
}
