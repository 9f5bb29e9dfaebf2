/** Features of apps: ports, backends, splits, and what `internal` says. */
import * as fc from 'fast-check';
import type { AppTraffic, AppTrafficSpec } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { Internal } from '../../../src/api/v1alpha1/internal.ts';
import type { AppNamespace } from './ground.ts';
import { http2Port, outside, sharedPods, strangerService } from './ground.ts';
import { leftToRollouts, withSoundSplits } from './moved-weights.ts';
import { routesIn, splitOver } from './route-features.ts';

/** Who an app is, and what stands beside it. */
export type AppScope = {
  readonly name: string;
  readonly namespace: AppNamespace;
  /** The labels of its pods. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Services that backends may name. */
  readonly services?: readonly { readonly name: string; readonly namespace?: string }[];
};

const retries = fc.constantFrom<NonNullable<AppTrafficSpec['resilience']>['retries']>(
  undefined,
  { attempts: 0 },
  { attempts: 1, retryOn: ['5xx'] },
  { attempts: 3, perTry: '5s', backoff: '1ms', retryOn: ['5xx', 'connect-failure'] },
);

type Resilience = NonNullable<AppTrafficSpec['resilience']>;

/** Without it no region is ever left, and an app that says which is next is refused. */
function withEjection(given: Resilience): Resilience {
  const { circuitBreaker, loadBalancing } = given;
  if (loadBalancing?.locality?.failover === undefined || circuitBreaker?.eject !== undefined) return given;
  return { ...given, circuitBreaker: { ...circuitBreaker, eject: { after: 1000 } } };
}

/** Defaults for the routes of an app; two of three apps have none. */
export const resilience: fc.Arbitrary<AppTrafficSpec['resilience']> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        timeout: fc.constantFrom(undefined, '12s', '30s'),
        retries,
        connections: fc.record(
          {
            connectTimeout: fc.constantFrom('2s', '11s'),
            idleTimeout: fc.constantFrom('30s', '1h'),
            circuitBreaker: fc.record(
              {
                maxConnections: fc.constantFrom(100, 1000),
                maxPending: fc.constantFrom(200, 2000),
                maxRequests: fc.constantFrom(300, 3000),
                maxRetries: fc.constantFrom(150, 1500),
                eject: fc.constantFrom({ after: 1000 }, { after: 900, every: '1s', for: '1m', maxPercent: 100 }),
              },
              { requiredKeys: [] },
            ),
            loadBalancing: fc.constantFrom<NonNullable<Resilience['loadBalancing']>>(
              { algorithm: 'RoundRobin', warmup: '1s' },
              { algorithm: 'Random' },
              { hashOn: { cookie: { name: 'ab' } } },
              { hashOn: { header: 'x-user' } },
              { hashOn: { query: 'v' } },
              { hashOn: { sourceIP: true } },
              { locality: { failover: [{ from: 'eu', to: 'us' }] } },
              {
                hashOn: { header: 'x-user' },
                locality: { distribute: [{ from: 'eu/*', to: { eu: 90, 'us/us-a': 10 } }] },
              },
            ),
          },
          { requiredKeys: [] },
        ),
      })
      .map(({ timeout, retries: tries, connections }) => ({
        ...withEjection(connections),
        ...(timeout === undefined ? {} : { timeout }),
        ...(tries === undefined ? {} : { retries: tries }),
      })),
  },
);

/** The part of a spec that both sides of an app build on. */
export type Core = Pick<
  AppTrafficSpec,
  'port' | 'ports' | 'app' | 'service' | 'backends' | 'split' | 'sticky' | 'weightsManagedBy' | 'resilience'
>;

/** The name of the port of which proxies see connections alone. */
export const tcpPort = 'db';

const db = { name: tcpPort, port: 5432, targetPort: 7070, protocol: 'tcp' } as const;

/** The ports of an app; every container port is one that pods of the ground answer on. */
export const portsOfApp = fc.constantFrom<Pick<AppTrafficSpec, 'port' | 'ports'>>(
  { port: 8080 },
  { port: 9090 },
  {
    ports: [
      { name: 'http', port: 80, targetPort: 8080, protocol: 'http' },
      { name: 'admin', port: 81, targetPort: 9090, protocol: 'http' },
    ],
  },
  { ports: [{ name: 'http-alt', port: 9090 }, { name: 'web', port: 8080, protocol: 'http' }, db] },
  { ports: [db, { name: 'http', port: 8080, protocol: 'http' }] },
  {
    ports: [
      { name: 'grpc', port: 9000, targetPort: http2Port },
      { name: 'http', port: 80, targetPort: 8080 },
    ],
  },
  { ports: [{ name: 'h2', port: 80, targetPort: http2Port, protocol: 'http2' }] },
);

/** Names of the ports that routes can mean. */
export function httpPortNames({ ports: listed }: Pick<AppTrafficSpec, 'ports'>): readonly string[] {
  return listed?.map(({ name }) => name).filter((name) => name !== db.name) ?? ['http'];
}

/** Parts of the pods, one that has no pods, other Services, and a server elsewhere. */
function backendsOf({ services = [] }: AppScope): fc.Arbitrary<AppTrafficSpec['backends']> {
  const subsets = {
    stable: { labels: { version: 'v1' } },
    canary: { labels: { track: 'canary' } },
    v2: { labels: { version: 'v2', track: 'canary' } },
    gone: { labels: { version: 'v9' } },
  };
  const others = services.flatMap((service, i) => [
    [`other-${i}`, { service: { ...service, port: 80 } }],
    [`closed-${i}`, { service: { ...service, port: 8099 } }],
  ]);
  const all: NonNullable<AppTrafficSpec['backends']> = {
    ...subsets,
    ...(Object.fromEntries(others) as AppTrafficSpec['backends']),
    stranger: { service: { name: strangerService, port: 80 } },
    elsewhere: { host: outside.host, port: outside.port },
    sealed: { host: outside.host, port: outside.tlsPort, tls: true },
    posing: { host: outside.posing, port: outside.tlsPort, tls: true },
  };
  return fc
    .subarray(Object.keys(all))
    .map((names) =>
      names.length === 0
        ? undefined
        : Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : []))),
    );
}

/** Names of backends, `app` among them. */
export function backendNames({ backends }: Pick<AppTrafficSpec, 'backends'>): readonly string[] {
  return ['app', ...Object.keys(backends ?? {})];
}

/** Ports, pods, Service, backends and the split of an app. */
export function coreOf(scope: AppScope): fc.Arbitrary<Core> {
  return fc
    .record({
      ports: portsOfApp,
      backends: fc.oneof(fc.constant(undefined), backendsOf(scope)),
      serviceName: fc.boolean(),
      account: fc.constantFrom(undefined, 'api', 'web'),
      hasSplit: fc.boolean(),
      sticky: fc.constantFrom(undefined, undefined, undefined, { cookie: 'side', ttl: '2m' }, { cookie: 'side' }),
      defaults: resilience,
      moved: fc.constantFrom(undefined, undefined, undefined, 0, 30),
    })
    .chain(({ ports: given, backends, serviceName, account, hasSplit, sticky, defaults, moved }) =>
      splitOver(backendNames(backends === undefined ? {} : { backends })).map((split): Core => {
        const core: Core = {
          ...given,
          app: {
            selector: scope.selector ?? sharedPods,
            ...(account === undefined ? {} : { serviceAccount: account }),
          },
          ...(serviceName ? { service: { name: `${scope.name}-svc` } } : {}),
          ...(backends === undefined ? {} : { backends }),
          ...(hasSplit && backends !== undefined ? { split, ...(sticky === undefined ? {} : { sticky }) } : {}),
          ...(defaults === undefined ? {} : { resilience: defaults }),
        };
        return moved === undefined ? core : leftToRollouts(core, moved);
      }),
    );
}

/** The object around a spec. */
export function appOf(
  { name, namespace }: Pick<AppScope, 'name'> & { readonly namespace: string },
  spec: AppTrafficSpec,
): AppTraffic {
  return {
    apiVersion: 'apptraffic.dev/v1alpha1',
    kind: 'AppTraffic',
    metadata: { name, namespace },
    spec: withSoundSplits(spec),
  };
}

const allowedPaths = ['/', '/a', '/a/', '/a/*', '/*', '/v1', '/v1/*', '/A'];
const someMethods = fc.subarray(['GET' as const, 'HEAD' as const, 'POST' as const], { minLength: 1, maxLength: 2 });

type AllowEntry = NonNullable<Internal['allow']>[number];

/** Who an entry of `allow` names; `peer` is the name of another AppTraffic, whose identity is another. */
const callerRows = (peer: string): fc.Arbitrary<AllowEntry> =>
  fc.constantFrom<AllowEntry>(
    { app: peer, namespace: 'orders' },
    { app: 'api', namespace: 'orders' },
    { app: 'api' },
    { namespace: 'orders' },
    { namespace: 'orders', serviceAccount: 'web' },
    { serviceAccount: 'api' },
    {},
  );

function allowEntry(peer: string): fc.Arbitrary<AllowEntry> {
  return fc
    .record({
      caller: callerRows(peer),
      ports: fc.option(fc.subarray([7070, 8080, 9090, http2Port], { minLength: 1, maxLength: 2 }), {
        nil: undefined,
        freq: 2,
      }),
      methods: fc.option(someMethods, { nil: undefined, freq: 2 }),
      paths: fc.option(fc.uniqueArray(fc.constantFrom(...allowedPaths), { minLength: 1, maxLength: 2 }), {
        nil: undefined,
        freq: 2,
      }),
    })
    .map(({ caller, ports: given, methods, paths }) => {
      const isAnyone = Object.keys(caller).length === 0;
      const limited = given ?? (isAnyone ? [8080] : undefined);
      return {
        ...caller,
        ...(limited === undefined ? {} : { ports: limited }),
        ...(methods === undefined ? {} : { methods }),
        ...(paths === undefined ? {} : { paths }),
      };
    });
}

/** One list of four or so is only audited; it depends on the list, so that nothing else is drawn in its place. */
function enforcementOf(allow: readonly AllowEntry[]): Pick<Internal, 'enforcement'> {
  return JSON.stringify(allow).length % 4 === 0 ? { enforcement: 'Audit' } : {};
}

const mtls = fc.constantFrom<Internal['mtls']>(
  undefined,
  { mode: 'Strict' },
  { mode: 'Strict', exceptPorts: [9090] },
  { mode: 'Strict', exceptPorts: [8080] },
  { mode: 'Permissive' },
  { mode: 'Disable' },
);

/** What `internal` says of an app with this core. */
export function internalOf(core: Core, peer: string): fc.Arbitrary<Internal> {
  const scope = { root: '/', hosts: [], backends: backendNames(core), ports: httpPortNames(core), isOutside: false };
  return fc
    .record({
      mtls,
      allow: fc.option(fc.array(allowEntry(peer), { maxLength: 3 }), { nil: undefined, freq: 3 }),
      routes: fc.oneof(
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 3, arbitrary: routesIn(scope, 4) },
        { weight: 1, arbitrary: fc.constant([]) },
      ),
    })
    .map(({ mtls: mode, allow, routes }) => ({
      ...(mode === undefined ? {} : { mtls: mode }),
      // Nothing proves who calls where mutual TLS is off: the two together are refused.
      ...(allow === undefined || mode?.mode === 'Disable' ? {} : { allow, ...enforcementOf(allow) }),
      ...(routes === undefined ? {} : { routes }),
    }));
}
