import { builtInPlatform, readPlatform } from '../../../src/settings/platform.ts';
import { settingsHash } from '../../../src/settings/settings-hash.ts';

const head = { apiVersion: 'config.apptraffic.dev/v1alpha1', kind: 'OperatorSettings' };
const publicGateway = {
  name: 'public',
  namespace: 'istio-ingress',
  selector: { istio: 'ingress' },
  serviceAccount: 'istio-ingress',
};

function problemsOf(settings: object): readonly string[] {
  const found = readPlatform({ ...head, ...settings });
  return found.ok ? [] : found.issues.map(({ path, message, fix }) => `${path.join('.')}: ${message}. Fix: ${fix}`);
}

describe('the platform', () => {
  it('is a stock Istio installation where no settings are given', () => {
    expect(builtInPlatform()).toEqual({
      provider: 'Istio',
      auth: { externalProviders: [] },
      gateways: [
        {
          namespace: 'istio-system',
          selector: { istio: 'ingressgateway' },
          serviceAccount: 'istio-ingressgateway-service-account',
          tls: false,
          ports: { http: 80, https: 443 },
          tcpPorts: [],
          trustedHops: 0,
          tlsTerminatedBefore: false,
          default: true,
        },
      ],
      ingressClasses: [],
      selectorLabel: 'app',
      hosts: { policy: 'FirstCome', grants: [], shared: [] },
      backends: { grants: [] },
      secrets: { grants: [] },
      service: { allowedAnnotations: [] },
      resilience: {},
      trustDomain: 'cluster.local',
      clusterDomain: 'cluster.local',
      telemetry: { accessLogProvider: 'envoy' },
      calls: {},
      probes: { intervalMs: 60_000, allowPublic: true, allowedCIDRs: [] },
      featureGates: { EnvoyFilter: false, CertManager: false },
      certManager: { issuers: [] },
      settleMs: 1000,
      drainMs: 30_000,
    });
  });

  it('is the same for a document that says nothing', () => {
    expect(readPlatform(head)).toEqual({ ok: true, value: builtInPlatform() });
  });

  it('takes every field of a full document', () => {
    const given = {
      ...head,
      provider: 'Ingress',
      gateways: [
        {
          ...publicGateway,
          tls: true,
          ports: { https: 8443 },
          tcpPorts: [6379, 5432],
          trustedHops: 1,
          tlsTerminatedBefore: true,
          default: true,
        },
        { ...publicGateway, name: 'internal' },
      ],
      ingressClasses: [
        { name: 'nginx', dialect: 'ingress-nginx', inMesh: true, namespace: 'nginx', serviceAccount: 'nginx' },
        { name: 'other', trustedHops: 2 },
      ],
      hosts: {
        policy: 'Delegated',
        grants: [{ namespace: 'shop', hosts: ['*.example.com', 'example.com'] }],
        shared: [{ host: 'example.org', namespaces: ['a', 'b'] }],
      },
      backends: { grants: [{ from: 'shop', to: 'docs', services: ['docs'] }] },
      secrets: { grants: [{ namespace: 'shop', names: ['wildcard-tls'] }] },
      service: { allowedAnnotations: ['service.beta.kubernetes.io/aws-load-balancer-type'] },
      resilience: { timeout: '15s', retries: { attempts: 2, perTry: '1s', backoff: '100ms', retryOn: ['5xx', '5xx'] } },
      selectorLabel: 'app.kubernetes.io/name',
      featureGates: { EnvoyFilter: true, CertManager: true },
      certManager: { issuers: [{ kind: 'ClusterIssuer', name: 'letsencrypt', namespaces: ['shop'] }] },
      trustDomain: 'prod.example',
      clusterDomain: 'cluster.example',
      telemetry: { accessLogProvider: 'otel', tracingProvider: 'zipkin' },
      calls: { always: [{ namespace: 'tracing', service: 'zipkin' }] },
      probes: {
        interval: '30s',
        allowPublic: false,
        allowedCIDRs: ['10.20.0.0/28', 'fd00::/8'],
        nameServers: ['10.96.0.10', '[2001:db8::53]:5353', '2001:db8::53'],
      },
      settle: '250ms',
      drainPeriod: '1m30s',
      auth: { externalProviders: ['oauth2-proxy'] },
    };
    expect(readPlatform(given)).toEqual({
      ok: true,
      value: {
        provider: 'Ingress',
        auth: { externalProviders: ['oauth2-proxy'] },
        gateways: [
          {
            ...publicGateway,
            tls: true,
            ports: { http: 80, https: 8443 },
            tcpPorts: [5432, 6379],
            trustedHops: 1,
            tlsTerminatedBefore: true,
            default: true,
          },
          {
            ...publicGateway,
            name: 'internal',
            tls: false,
            ports: { http: 80, https: 443 },
            tcpPorts: [],
            trustedHops: 0,
            tlsTerminatedBefore: false,
            default: false,
          },
        ],
        ingressClasses: [
          { name: 'nginx', dialect: 'ingress-nginx', inMesh: true, namespace: 'nginx', serviceAccount: 'nginx' },
          { name: 'other', inMesh: false, trustedHops: 2 },
        ],
        resilience: { timeout: 15_000, retries: { attempts: 2, perTryMs: 1000, backoffMs: 100, retryOn: ['5xx'] } },
        selectorLabel: 'app.kubernetes.io/name',
        hosts: given.hosts,
        backends: given.backends,
        secrets: given.secrets,
        service: given.service,
        trustDomain: 'prod.example',
        clusterDomain: 'cluster.example',
        telemetry: given.telemetry,
        calls: given.calls,
        featureGates: given.featureGates,
        certManager: given.certManager,
        probes: {
          intervalMs: 30_000,
          allowPublic: false,
          allowedCIDRs: ['10.20.0.0/28', 'fd00::/8'],
          nameServers: ['10.96.0.10', '[2001:db8::53]:5353', '2001:db8::53'],
        },
        settleMs: 250,
        drainMs: 90_000,
      },
    });
  });

  it('takes no range, server or interval of probes that is none', () => {
    const probes = {
      interval: '500ms',
      allowedCIDRs: ['10.0.0.0', '10.0.0.0/33'],
      nameServers: ['dns.example', '1.1.1.1:0'],
    };
    const range =
      'is not a range of addresses. Fix: write an address, a slash and the number of its leading bits, as in 10.0.0.0/8';
    const server =
      'is not the address of a DNS server. Fix: write an IP address, as in 10.96.0.10 or [2001:db8::53]:5353';
    expect(problemsOf({ probes })).toEqual([
      `probes.allowedCIDRs.0: ${range}`,
      `probes.allowedCIDRs.1: ${range}`,
      'probes.interval: is too short. Fix: write at least 1s',
      `probes.nameServers.0: ${server}`,
      `probes.nameServers.1: ${server}`,
    ]);
  });

  it('reports every problem at once, with the field and the fix', () => {
    expect(
      problemsOf({
        kind: 'OperatorSetings',
        provder: 'Istio',
        gateways: [{ ...publicGateway, trustedHops: '1', tsl: true }],
        hosts: { policy: 'Delegate' },
        settle: '1 second',
        trustDomain: 'Prod.',
      }),
    ).toEqual([
      'gateways.0.trustedHops: is text where a number is expected. Fix: remove the quotes',
      'gateways.0.tsl: tsl is not a field. Fix: did you mean tls?',
      'hosts.policy: "Delegate" is not a known value. Fix: write one of FirstCome, Delegated; did you mean Delegated?',
      'kind: "OperatorSetings" is not a known value. Fix: write OperatorSettings; did you mean OperatorSettings?',
      'provder: provder is not a field. Fix: did you mean provider?',
      'settle: is not a duration. Fix: write a whole number and a unit: 250ms, 5s, 10m or 1h',
      'trustDomain: is not a domain. Fix: write a lower-case DNS name without a trailing dot, as in cluster.local',
    ]);
  });

  it.each<readonly [string, object, string]>([
    [
      'several gateways without a default',
      { gateways: [publicGateway, { ...publicGateway, name: 'internal' }] },
      'gateways: one of several gateways must be the default, and exactly one. Fix: set default: true on the one that apps use when they name none',
    ],
    [
      'a gateway listed twice',
      { gateways: [{ ...publicGateway, default: true }, publicGateway] },
      'gateways.1: a gateway is listed twice. Fix: list every namespace and name once',
    ],
    ['no gateway at all', { gateways: [] }, 'gateways: has too few entries. Fix: write at least 1 entry'],
    [
      'an only gateway that is not the default',
      { gateways: [{ ...publicGateway, default: false }] },
      'gateways.0.default: the only gateway cannot be anything but the default. Fix: remove default: false',
    ],
    [
      'host grants that do nothing',
      { hosts: { grants: [{ namespace: 'a', hosts: ['a.example.com'] }] } },
      'hosts.grants: grants do nothing with policy FirstCome. Fix: set policy: Delegated, or remove grants',
    ],
    [
      'a shared host listed twice',
      {
        hosts: {
          shared: [
            { host: 'a.example.com', namespaces: ['a'] },
            { host: 'a.example.com', namespaces: ['b'] },
          ],
        },
      },
      'hosts.shared.1.host: a host is listed twice. Fix: list every shared host once, with all of its namespaces',
    ],
    [
      'a controller in the mesh without an identity',
      { ingressClasses: [{ name: 'nginx', inMesh: true, namespace: 'nginx' }] },
      "ingressClasses.0.inMesh: a controller in the mesh is known by its pods' identity, which is incomplete here. Fix: set both namespace and serviceAccount",
    ],
    [
      'a grant of Services to their own namespace',
      { backends: { grants: [{ from: 'a', to: 'a', services: ['s'] }] } },
      'backends.grants.0: Services of the own namespace need no grant. Fix: remove the entry, or name another namespace in to',
    ],
    [
      'a port for TCP connections that is the one for https',
      { gateways: [{ ...publicGateway, tcpPorts: [5432, 443] }] },
      'gateways.0.tcpPorts.1: a port for TCP connections is the one for http or https. Fix: offer another port under tcpPorts',
    ],
    [
      'a port for TCP connections listed twice',
      { gateways: [{ ...publicGateway, tcpPorts: [5432, 5432] }] },
      'gateways.0.tcpPorts.1: a port is listed twice. Fix: list every port once',
    ],
    [
      "a port of the gateway's own proxy",
      { gateways: [{ ...publicGateway, tcpPorts: [15_021] }] },
      "gateways.0.tcpPorts.0: ports 15000 to 15099 are those of Istio's proxy, which the gateway is. Fix: offer other ports",
    ],
    [
      'a port that two gateways of the same pods offer',
      {
        gateways: [
          { ...publicGateway, tcpPorts: [5432], default: true },
          { ...publicGateway, name: 'internal', tcpPorts: [6379, 5432] },
        ],
      },
      'gateways.1.tcpPorts.1: two gateways of the same pods offer the same port, and Istio ignores the second listener. Fix: offer every port on one of them',
    ],
  ])('refuses %s', (_what, settings, problem) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });

  it.each([null, 'text', 3, [], undefined])('refuses %j without throwing', (document) => {
    expect(readPlatform(document).ok).toBe(false);
  });
});

describe('the hash of the settings', () => {
  it('is the same for settings that mean the same, and another for others', () => {
    const hashOf = (settings: object): string => {
      const found = readPlatform({ ...head, ...settings });
      return found.ok ? settingsHash(found.value) : '';
    };
    const reordered = { ...publicGateway, selector: { b: '1', a: '2' } };
    expect(hashOf({ settle: '1000ms' })).toBe(settingsHash(builtInPlatform()));
    expect(hashOf({ gateways: [{ ...publicGateway, selector: { a: '2', b: '1' } }] })).toBe(
      hashOf({ gateways: [reordered] }),
    );
    expect(hashOf({ settle: '2s' })).not.toBe(settingsHash(builtInPlatform()));
    expect(settingsHash(builtInPlatform())).toMatch(/^[0-9a-f]{8}$/);
  });
});
