/** Model values for the tests of the Ingress target. */
import type { HostClaim } from '../../../src/model/host-claim.ts';
import type { Route } from '../../../src/model/route.ts';
import type { External, Traffic } from '../../../src/model/traffic.ts';
import type { IngressClassFacts, World } from '../../../src/model/world.ts';
import { translateIngress } from '../../../src/translate/ingress/index.ts';
import { external, metadata, route, tls, traffic, world } from './models.ts';

export const nginx: IngressClassFacts = { name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: false };

/** A world with the class `nginx`. */
export const nginxWorld: World = { ...world, ingressClasses: [nginx] };

/** The app with an `external` that an ingress controller serves. */
export function served(
  hosts: readonly string[],
  routes: readonly Route[] = [route('default')],
  over: Partial<External> = {},
): Partial<Traffic> {
  return { external: external(hosts, routes, { edge: { kind: 'Ingress', at: 'spec.external.provider' }, ...over }) };
}

/** As {@link served}, with the class named. */
export function ofClass(
  className: string,
  hosts: readonly string[],
  routes: readonly Route[] = [route('default')],
  over: Partial<External> = {},
): Partial<Traffic> {
  return served(hosts, routes, { edge: { kind: 'Ingress', className, at: 'spec.external.ingressClass' }, ...over });
}

export const httpsRedirect = (value: boolean): Pick<External, 'httpsRedirect'> => ({
  httpsRedirect: { value, at: 'spec.external.httpsRedirect' },
});

export const plainHttp: Partial<External> = { ...tls, ...httpsRedirect(false) };

export const render = (over: Partial<Traffic>, where = world) => translateIngress(traffic(over), where);

/** The problems as `code field`, for tests that only ask what is refused. */
export const refusals = (over: Partial<Traffic>, where = world) =>
  render(over, where).problems.map(({ code, field }) => `${code} ${field}`);

/** A path of an Ingress that leads to port 80 of the app's Service. */
export const path = (text: string, pathType = 'Prefix', service = 'shop', number = 80) => ({
  path: text,
  pathType,
  backend: { service: { name: service, port: { number } } },
});

/** A regular expression as path. */
export const regex = (text: string, service = 'shop', number = 80) =>
  path(text, 'ImplementationSpecific', service, number);

/** An Ingress of the app with one rule for each host. */
export const ingress = (
  name: string,
  rules: Readonly<Record<string, readonly object[]>>,
  { annotations, ...spec }: { readonly annotations?: object; readonly [field: string]: unknown } = {},
) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { ...metadata(name), ...(annotations === undefined ? {} : { annotations }) },
  spec: { ...spec, rules: Object.entries(rules).map(([host, paths]) => ({ host, http: { paths } })) },
});

/** Another app's claim on a host, through the class nginx. */
export function claim(host: string, name: string, routes: readonly Route[], over: Partial<HostClaim> = {}): HostClaim {
  const created = '2026-11-19T00:00:00Z';
  const app = { namespace: 'team', name };
  return { app, host, edge: 'ingress/nginx', httpsRedirect: false, routes, created, ...over };
}
