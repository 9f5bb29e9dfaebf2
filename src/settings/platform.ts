/** From OperatorSettings to the plain facts that compile knows; every default of the settings is applied here and nowhere else. */
import type { GatewayEntry, IngressClassEntry, Platform } from '../model/platform.ts';
import { durationMs } from '../schema/duration.ts';
import { resilienceFacts } from '../schema/resilience.ts';
import { read } from '../schema/read.ts';
import type { Read } from '../schema/read.ts';
import { portsOf } from './gateway.ts';
import { operatorSettings, settingsApiVersion, settingsKind } from './operator-settings.ts';
import type { OperatorSettings } from './operator-settings.ts';

type GatewaySettings = NonNullable<OperatorSettings['gateways']>[number];
type ProbeSettings = NonNullable<OperatorSettings['probes']>;
type IngressClassSettings = NonNullable<OperatorSettings['ingressClasses']>[number];

/** The gateway of a stock Istio installation (istio/istio: the ingress gateway chart's names). */
const stockGateway: GatewaySettings = {
  namespace: 'istio-system',
  selector: { istio: 'ingressgateway' },
  serviceAccount: 'istio-ingressgateway-service-account',
};

/** The platform as decided by one settings document. Reads plain JSON of any shape and never throws; reports every problem. */
export function readPlatform(document: unknown): Read<Platform> {
  const settings = read(operatorSettings, document);
  return settings.ok ? { ok: true, value: platformOf(settings.value) } : settings;
}

/** The platform where no settings are given. */
export function builtInPlatform(): Platform {
  return platformOf({ apiVersion: settingsApiVersion, kind: settingsKind });
}

/** What holds where the document says nothing. */
const defaults = {
  provider: 'Istio',
  gateways: [stockGateway],
  ingressClasses: [],
  selectorLabel: 'app',
  trustDomain: 'cluster.local',
  clusterDomain: 'cluster.local',
  settle: '1s',
  drainPeriod: '30s',
} as const;

function platformOf(settings: OperatorSettings): Platform {
  const { gateways, ingressClasses, settle, drainPeriod, ...given } = { ...defaults, ...settings };
  return {
    provider: given.provider,
    gateways: gateways.map((entry) => gatewayOf(entry, gateways.length === 1)),
    ingressClasses: ingressClasses.map(ingressClassOf),
    selectorLabel: given.selectorLabel,
    hosts: { policy: 'FirstCome', grants: [], shared: [], ...given.hosts },
    backends: { grants: [], ...given.backends },
    secrets: { grants: [], ...given.secrets },
    service: { allowedAnnotations: [], ...given.service },
    resilience: resilienceFacts(given.resilience ?? {}),
    telemetry: { accessLogProvider: 'envoy', ...given.telemetry },
    auth: { externalProviders: [], ...given.auth },
    calls: { ...given.calls },
    probes: probesOf(given.probes ?? {}),
    featureGates: { EnvoyFilter: false, CertManager: false, ...given.featureGates },
    certManager: { issuers: given.certManager?.issuers ?? [] },
    trustDomain: given.trustDomain,
    clusterDomain: given.clusterDomain,
    settleMs: durationMs(settle),
    drainMs: durationMs(drainPeriod),
  };
}

function gatewayOf(entry: GatewaySettings, isOnly: boolean): GatewayEntry {
  return {
    ...(entry.name === undefined ? {} : { name: entry.name }),
    namespace: entry.namespace,
    selector: entry.selector,
    serviceAccount: entry.serviceAccount,
    tls: entry.tls ?? false,
    ports: portsOf(entry.ports ?? {}),
    tcpPorts: [...(entry.tcpPorts ?? [])].sort((a, b) => a - b),
    trustedHops: entry.trustedHops ?? 0,
    tlsTerminatedBefore: entry.tlsTerminatedBefore ?? false,
    default: entry.default ?? isOnly,
  };
}

function probesOf(given: ProbeSettings): Platform['probes'] {
  const { interval = '60s', allowPublic = true, allowedCIDRs = [], nameServers } = given;
  return {
    intervalMs: durationMs(interval),
    allowPublic,
    allowedCIDRs,
    ...(nameServers === undefined ? {} : { nameServers }),
  };
}

function ingressClassOf(entry: IngressClassSettings): IngressClassEntry {
  return { ...entry, inMesh: entry.inMesh ?? false };
}
