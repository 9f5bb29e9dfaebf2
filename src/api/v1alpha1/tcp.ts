/** Ports of the gateway on which plain TCP connections are taken and handed on. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { labelName } from '../../schema/names.ts';
import { celIsProxyPort, isProxyPort } from '../../schema/proxy-port.ts';
import { withRules } from '../../schema/rule.ts';
import { portNumber } from '../../schema/text.ts';

const entry = z.strictObject({
  listen: portNumber.meta(
    about(
      "Port of the gateway; one of those that the platform offers there (settings gateways[].tcpPorts). It is one app's alone. Unique in the list.",
      {
        becomes: 'Gateway.spec.servers[].port.number, VirtualService.spec.tcp[].match[].port',
      },
    ),
  ),
  port: labelName.meta(
    about('Name of the port that the connections lead to; its protocol is tcp, tls or https.', {
      becomes: 'VirtualService.spec.tcp[].route[].destination.port',
    }),
  ),
  to: labelName
    .meta(
      about('Backend that all connections lead to: app, a part of the pods, or a Service.', {
        absent: 'app',
        becomes: 'VirtualService.spec.tcp[].route[].destination',
      }),
    )
    .exactOptional(),
});

/** Ports of the gateway that lead to the app, keyed by their number. */
export const tcp = withRules(z.array(entry).min(1).max(16), [
  {
    message: 'two entries listen on the same port',
    fix: 'give every entry a port of its own',
    keywords: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['listen'] },
    faults: (list) =>
      list.flatMap((one, at) => (list.findIndex((other) => other.listen === one.listen) < at ? [[at, 'listen']] : [])),
  },
  {
    message: "ports 15000 to 15099 are those of Istio's proxy, which the gateway is",
    fix: 'listen on another port',
    cel: `self.all(one, !${celIsProxyPort('one.listen')})`,
    faults: (list) => list.flatMap(({ listen }, at) => (isProxyPort(listen) ? [[at, 'listen']] : [])),
  },
]);
