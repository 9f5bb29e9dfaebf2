/** `internal`: mutual TLS, callers, and routes inside the mesh. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import type { Internal as ApiInternal } from '../api/v1alpha1/internal.ts';
import type { Call } from '../model/call.ts';
import type { AllowEntry, Internal } from '../model/traffic.ts';
import type { RouteDefaults } from './route.ts';
import { normalizeRoutes } from './routes.ts';

const at = 'spec.internal';
type ApiAllowEntry = NonNullable<ApiInternal['allow']>[number];
type ApiCall = NonNullable<ApiInternal['calls']>[number];

/**
 * Who inside may call the app, and what it may call. Routing inside exists when `internal.routes` or `spec.split` asks for it, or, with
 * `isRouted`, resilience does (api.md §4).
 */
export function normalizeInternal(
  internal: ApiInternal,
  spec: AppTrafficSpec,
  namespace: string,
  defaults: RouteDefaults & { readonly isRouted: boolean },
): Internal {
  const { mtls, allow, enforcement, calls, routes } = internal;
  const isRouted = routes !== undefined || spec.split !== undefined || defaults.isRouted;
  return {
    at,
    ...(mtls === undefined
      ? {}
      : { mtls: { at: `${at}.mtls`, mode: mtls.mode, exceptPorts: sortedPorts(mtls.exceptPorts ?? []) } }),
    ...(allow === undefined
      ? {}
      : {
          allow: {
            at: `${at}.allow`,
            value: allow.map((entry, i) => normalizeEntry(entry, `${at}.allow[${i}]`, namespace)),
          },
        }),
    ...(enforcement === 'Audit' ? { audit: { value: true, at: `${at}.enforcement` } } : {}),
    ...(calls === undefined
      ? {}
      : {
          calls: {
            at: `${at}.calls`,
            value: calls.map((entry, i) => normalizeCall(entry, `${at}.calls[${i}]`, namespace)),
          },
        }),
    ...(isRouted ? { routes: normalizeRoutes(routes, `${at}.routes`, defaults) } : {}),
  };
}

function normalizeEntry(entry: ApiAllowEntry, entryAt: string, ownNamespace: string): AllowEntry {
  const { ports, ...rest } = entry;
  const namesWorkload = entry.app !== undefined || entry.serviceAccount !== undefined;
  const namespace = entry.namespace ?? (namesWorkload ? ownNamespace : undefined);
  return {
    at: entryAt,
    ...rest,
    ...(namespace === undefined ? {} : { namespace }),
    ...(ports === undefined ? {} : { ports: sortedPorts(ports) }),
  };
}

function normalizeCall({ app, namespace, host, port }: ApiCall, callAt: string, ownNamespace: string): Call {
  if (app !== undefined) return { kind: 'App', namespace: namespace ?? ownNamespace, app, at: callAt };
  // The schema lets neither stand without the other, and of the three ways to name what is called just one.
  if (host !== undefined && port !== undefined) return { kind: 'Host', host, port, at: callAt };
  return { kind: 'KubeAPI', at: callAt };
}

function sortedPorts(ports: readonly number[]): readonly number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}
