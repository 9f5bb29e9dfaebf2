/** The rules between the parts of a spec: names that must exist, and parts that exclude each other. */
import { appBackend } from './backend.ts';
import { celIsProxyPort, isProxyPort } from '../../schema/proxy-port.ts';
import { unless } from '../../schema/rule.ts';
import type { FieldPath, Rule } from '../../schema/rule.ts';
import type { SpecFields } from './spec-fields.ts';
import { weightRules } from './weight-rules.ts';

type AnyRoute = {
  readonly to?: string | undefined;
  readonly split?: object | undefined;
  readonly mirror?: { readonly to: string } | undefined;
  readonly sticky?: object | undefined;
  readonly port?: string | undefined;
};
type Side = 'external' | 'internal';

/** Faults of every route of one side, with the path of the route in front. */
function inRoutes(
  spec: SpecFields,
  side: Side,
  faults: (route: AnyRoute) => readonly FieldPath[],
): readonly FieldPath[] {
  const routes: readonly AnyRoute[] = spec[side]?.routes ?? [];
  return routes.flatMap((route, at) => faults(route).map((path) => [side, 'routes', at, ...path]));
}

const isBackend = (spec: SpecFields, name: string): boolean =>
  name === appBackend || Object.hasOwn(spec.backends ?? {}, name);

const isPort = (spec: SpecFields, name: string): boolean =>
  spec.ports === undefined ? name === 'http' : spec.ports.some((port) => port.name === name);

const unknownShares = (spec: SpecFields, split: object | undefined): readonly FieldPath[] =>
  Object.keys(split ?? {}).flatMap((name) => (isBackend(spec, name) ? [] : [['split', name]]));

const backendExists = (name: string): string => `${name} == 'app' || (has(self.backends) && ${name} in self.backends)`;
const everyRoute = (side: Side, condition: string): string =>
  `!has(self.${side}) || !has(self.${side}.routes) || self.${side}.routes.all(route, ${condition})`;

const everyTcp = (condition: string): string =>
  `!has(self.external) || !has(self.external.tcp) || self.external.tcp.all(one, ${condition})`;

type TcpEntry = NonNullable<NonNullable<SpecFields['external']>['tcp']>[number];

function inTcp(spec: SpecFields, faults: (entry: TcpEntry) => readonly FieldPath[]): readonly FieldPath[] {
  return (spec.external?.tcp ?? []).flatMap((entry, at) =>
    faults(entry).map((path) => ['external', 'tcp', at, ...path]),
  );
}

/** Whether the port exists and requests cannot be seen on it; a port without a protocol has that of its name, else tcp. */
function isTcpPort({ ports = [] }: SpecFields, name: string): boolean {
  const port = ports.find((one) => one.name === name);
  return port !== undefined && !['http', 'http2', 'grpc'].includes(port.protocol ?? name.split('-')[0] ?? '');
}

const namesOfRoutes = (side: Side): readonly Rule<SpecFields>[] => [
  {
    message: `a route of ${side}.routes names a backend in to that does not exist`,
    fix: 'declare it under spec.backends, or name one of those or app',
    cel: everyRoute(side, `!has(route.to) || ${backendExists('route.to')}`),
    faults: (spec) => inRoutes(spec, side, ({ to }) => (to === undefined || isBackend(spec, to) ? [] : [['to']])),
  },
  {
    message: `a route of ${side}.routes names a backend in split that does not exist`,
    fix: 'declare it under spec.backends, or name one of those or app',
    cel: everyRoute(side, `!has(route.split) || route.split.all(name, ${backendExists('name')})`),
    faults: (spec) => inRoutes(spec, side, ({ split }) => unknownShares(spec, split)),
  },
  {
    message: `a route of ${side}.routes names a backend in mirror.to that does not exist`,
    fix: 'declare it under spec.backends, or name one of those or app',
    cel: everyRoute(side, `!has(route.mirror) || ${backendExists('route.mirror.to')}`),
    faults: (spec) =>
      inRoutes(spec, side, ({ mirror }) =>
        mirror === undefined || isBackend(spec, mirror.to) ? [] : [['mirror', 'to']],
      ),
  },
  {
    message: `a route of ${side}.routes has sticky and no split`,
    fix: 'write a split on the route or under spec, or remove sticky',
    cel: `has(self.split) || ${everyRoute(side, '!has(route.sticky) || has(route.split)')}`,
    faults: (spec) =>
      spec.split === undefined
        ? inRoutes(spec, side, ({ sticky, split }) => (sticky !== undefined && split === undefined ? [['sticky']] : []))
        : [],
  },
  {
    message: `a route of ${side}.routes names a port that does not exist`,
    fix: 'name one of spec.ports; with spec.port there is one, named http',
    cel: everyRoute(
      side,
      "!has(route.port) || (has(self.ports) ? self.ports.exists(one, one.name == route.port) : route.port == 'http')",
    ),
    faults: (spec) => inRoutes(spec, side, ({ port }) => (port === undefined || isPort(spec, port) ? [] : [['port']])),
  },
];

const tcpPorts: readonly Rule<SpecFields>[] = [
  {
    message: 'an entry of external.tcp names a port that does not exist, or one that speaks http',
    fix: 'name one of spec.ports with protocol tcp, tls or https; what speaks http is served by hosts and routes',
    cel: everyTcp(
      [
        `has(self.ports) && self.ports.exists(port, port.name == one.port && (has(port.protocol)`,
        `? port.protocol in ['tcp', 'tls', 'https']`,
        `: !(port.name.startsWith('http-') || port.name.startsWith('http2-') || port.name.startsWith('grpc-')`,
        `|| port.name in ['http', 'http2', 'grpc'])))`,
      ].join(' '),
    ),
    faults: (spec) => inTcp(spec, ({ port }) => (isTcpPort(spec, port) ? [] : [['port']])),
  },
  {
    message: 'an entry of external.tcp names a backend in to that does not exist',
    fix: 'declare it under spec.backends, or name one of those or app',
    cel: everyTcp(`!has(one.to) || ${backendExists('one.to')}`),
    faults: (spec) => inTcp(spec, ({ to }) => (to === undefined || isBackend(spec, to) ? [] : [['to']])),
  },
];

const hasSplit = (side: Side): string =>
  `(has(self.${side}) && has(self.${side}.routes) && self.${side}.routes.exists(route, has(route.split)))`;

const splitsOfRoutes = ({ external, internal }: SpecFields): number =>
  [...(external?.routes ?? []), ...(internal?.routes ?? [])].filter(({ split }) => split !== undefined).length;

const isType = (name: string): string =>
  `has(self.service) && has(self.service.type) && self.service.type == '${name}'`;

/** What type ExternalName refuses, since the app has no pods then. */
function podFields(spec: SpecFields): readonly FieldPath[] {
  const given: readonly (readonly [boolean, FieldPath])[] = [
    [spec.app !== undefined, ['app']],
    ...Object.entries(spec.backends ?? {}).map(
      ([name, backend]) => [backend.labels !== undefined, ['backends', name, 'labels']] as const,
    ),
    [spec.internal?.mtls !== undefined, ['internal', 'mtls']],
    [spec.internal?.allow !== undefined, ['internal', 'allow']],
    [spec.internal?.calls !== undefined, ['internal', 'calls']],
    [spec.observability !== undefined, ['observability']],
  ];
  return given.flatMap(([isGiven, path]) => (isGiven ? [path] : []));
}

/** The ports that an ExternalName refuses: those under which its callers would reach a proxy. */
function proxyPorts({ port, ports = [] }: SpecFields): readonly FieldPath[] {
  const own: readonly FieldPath[] = port !== undefined && isProxyPort(port) ? [['port']] : [];
  return [
    ...own,
    ...ports.flatMap((one, i): readonly FieldPath[] => (isProxyPort(one.port) ? [['ports', i, 'port']] : [])),
  ];
}

/** All rules between the parts of a spec. */
export const specRules: readonly Rule<SpecFields>[] = [
  {
    message: 'exactly one of port and ports is needed',
    fix: 'write port for one http port, or ports for several or other protocols',
    cel: 'has(self.port) != has(self.ports)',
    faults: ({ port, ports }) => unless((port === undefined) !== (ports === undefined)),
  },
  {
    message: 'split names a backend that does not exist',
    fix: 'declare it under spec.backends, or name one of those or app',
    cel: `!has(self.split) || self.split.all(name, ${backendExists('name')})`,
    faults: (spec) => unknownShares(spec, spec.split),
  },
  {
    message: 'sticky has no split of which a visitor could keep a side',
    fix: 'write a split under spec or on a route, or remove sticky',
    cel: `!has(self.sticky) || has(self.split) || ${hasSplit('external')} || ${hasSplit('internal')}`,
    faults: (spec) =>
      spec.sticky === undefined || spec.split !== undefined || splitsOfRoutes(spec) > 0 ? [] : [['sticky']],
  },
  ...namesOfRoutes('external'),
  ...namesOfRoutes('internal'),
  ...weightRules,
  ...tcpPorts,
  {
    message:
      'a Service of type ExternalName has no pods, so app, backends by labels, internal.mtls, internal.allow, internal.calls and observability would do nothing',
    fix: 'remove them, or choose another service.type',
    cel: [
      `!(${isType('ExternalName')}) || !(has(self.app) || has(self.observability)`,
      '|| (has(self.backends) && self.backends.exists(name, has(self.backends[name].labels)))',
      '|| (has(self.internal) && (has(self.internal.mtls) || has(self.internal.allow) || has(self.internal.calls))))',
    ].join(' '),
    faults: (spec) => (spec.service?.type === 'ExternalName' ? podFields(spec) : []),
  },
  {
    message: "ports 15000 to 15099 are those of Istio's proxy, which the name behind an ExternalName could lead to",
    fix: 'use the port of the server',
    cel: [
      `!(${isType('ExternalName')}) || !((has(self.port) && ${celIsProxyPort('self.port')})`,
      `|| (has(self.ports) && self.ports.exists(one, ${celIsProxyPort('one.port')})))`,
    ].join(' '),
    faults: (spec) => (spec.service?.type === 'ExternalName' ? proxyPorts(spec) : []),
  },
  {
    message: 'a Service of type Existing needs app.selector',
    fix: "write the selector of that Service's pods under app.selector",
    cel: `!(${isType('Existing')}) || (has(self.app) && has(self.app.selector))`,
    faults: ({ service, app }) =>
      service?.type === 'Existing' && app?.selector === undefined ? [['app', 'selector']] : [],
  },
];
