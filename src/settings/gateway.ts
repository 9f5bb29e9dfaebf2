/** Gateway workloads that apps may use. */
import { z } from 'zod';
import { workloadOf } from '../model/gateway-workload.ts';
import { about } from '../schema/describe.ts';
import { dns1123Subdomain, labelName, objectName } from '../schema/names.ts';
import { isProxyPort } from '../schema/proxy-port.ts';
import { unless, withChecks } from '../schema/rule.ts';
import { labelSelector } from '../schema/string-map.ts';
import { portNumber, text, wholeNumber } from '../schema/text.ts';

const ports = z.strictObject({
  http: portNumber.meta(about("Port of the gateway's Service for plain http.", { absent: '80' })).exactOptional(),
  https: portNumber.meta(about("Port of the gateway's Service for TLS.", { absent: '443' })).exactOptional(),
});

const tcpPorts = withChecks(z.array(portNumber).min(1).max(256), [
  {
    message: 'a port is listed twice',
    fix: 'list every port once',
    faults: (list) => list.flatMap((port, at) => (list.indexOf(port) < at ? [[at]] : [])),
  },
  {
    message: "ports 15000 to 15099 are those of Istio's proxy, which the gateway is",
    fix: 'offer other ports',
    faults: (list) => list.flatMap((port, at) => (isProxyPort(port) ? [[at]] : [])),
  },
]);

const gateway = withChecks(
  z.strictObject({
    name: text(dns1123Subdomain)
      .meta(
        about('Name of an Istio Gateway that the platform owns; apps bind to it.', {
          absent: 'the entry only describes the workload that generated Gateways select',
        }),
      )
      .exactOptional(),
    namespace: labelName.meta(about("Namespace of the named Gateway and of the gateway's pods.")),
    selector: labelSelector.meta(about("Labels of the gateway's pods.", { becomes: 'Gateway.spec.selector' })),
    serviceAccount: objectName.meta(
      about("ServiceAccount of the gateway's pods: the caller that the allow lists of the apps behind it admit.", {
        becomes: 'AuthorizationPolicy.spec.rules[].from[].source.serviceAccounts',
      }),
    ),
    tls: z
      .boolean()
      .meta(about('Whether the named Gateway terminates TLS.', { absent: 'false' }))
      .exactOptional(),
    ports: ports.meta(about("Ports of the gateway's Service.", { absent: 'http 80, https 443' })).exactOptional(),
    tcpPorts: tcpPorts
      .meta(
        about(
          "Ports of the gateway's Service on which apps may take TCP connections (external.tcp); the first app that asks for one has it alone. On a named Gateway each needs a server of protocol TCP.",
          { absent: 'none' },
        ),
      )
      .exactOptional(),
    trustedHops: wholeNumber(0, 16)
      .meta(
        about(
          'Number of trusted proxies before the gateway: the client is this entry of X-Forwarded-For from the right.',
          {
            absent: '0, the peer itself',
          },
        ),
      )
      .exactOptional(),
    tlsTerminatedBefore: z
      .boolean()
      .meta(
        about('Whether a proxy before the gateway terminates TLS, so that X-Forwarded-Proto tells http from https.', {
          absent: 'false',
        }),
      )
      .exactOptional(),
    default: z
      .boolean()
      .meta(about('Whether apps that name no gateway use this one.', { absent: 'true where it is the only entry' }))
      .exactOptional(),
  }),
  [
    {
      message: 'tls is about a named Gateway, and this entry has no name',
      fix: 'remove tls (an app that gives tls gets it), or set name',
      faults: ({ name, tls }) => (name === undefined && tls === true ? [['tls']] : []),
    },
    {
      message: 'http and https are the same port',
      fix: 'give them different ports',
      faults: ({ ports = {} }) => (portsOf(ports).http === portsOf(ports).https ? [['ports']] : []),
    },
    {
      message: 'a port for TCP connections is the one for http or https',
      fix: 'offer another port under tcpPorts',
      faults: ({ ports = {}, tcpPorts: offered = [] }) =>
        offered.flatMap((port, at) => (Object.values(portsOf(ports)).includes(port) ? [['tcpPorts', at]] : [])),
    },
  ],
);

type GatewaySettings = z.output<typeof gateway>;

/** The ports of a gateway's Service, defaults applied. */
export function portsOf({ http = 80, https = 443 }: z.output<typeof ports>): {
  readonly http: number;
  readonly https: number;
} {
  return { http, https };
}

const nameOf = ({ namespace, name }: GatewaySettings): string => `${namespace}/${name ?? ''}`;

/** All gateway workloads that apps may use; one of them is the default. */
export const gateways = withChecks(z.array(gateway).min(1).max(256), [
  {
    message: 'a gateway is listed twice',
    fix: 'list every namespace and name once',
    faults: (list) => {
      const names = list.map(nameOf);
      return names.flatMap((name, at) => (names.indexOf(name) < at ? [[at]] : []));
    },
  },
  {
    message: 'two gateways of the same pods offer the same port, and Istio ignores the second listener',
    fix: 'offer every port on one of them',
    faults: (list) =>
      list.flatMap((entry, at) => {
        const others = list.slice(0, at).filter((other) => workloadOf(other) === workloadOf(entry));
        const taken = others.flatMap(({ tcpPorts: offered = [] }) => offered);
        return (entry.tcpPorts ?? []).flatMap((port, i) => (taken.includes(port) ? [[at, 'tcpPorts', i]] : []));
      }),
  },
  {
    message: 'one of several gateways must be the default, and exactly one',
    fix: 'set default: true on the one that apps use when they name none',
    faults: (list) => unless(list.length < 2 || list.filter((entry) => entry.default === true).length === 1),
  },
  {
    message: 'an entry without a name does nothing unless it is the default',
    fix: 'set name, or default: true',
    faults: (list) =>
      list.flatMap((entry, at) =>
        entry.name === undefined && entry.default !== true && list.length > 1 ? [[at]] : [],
      ),
  },
  {
    message: 'the only gateway cannot be anything but the default',
    fix: 'remove default: false',
    faults: ([only, ...others]) => (only?.default === false && others.length === 0 ? [[0, 'default']] : []),
  },
]);
