/** Where requests can go: parts of this app, other Services, or servers elsewhere; and how they are shared between them. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { dns1123Label, labelName, serviceName } from '../../schema/names.ts';
import { celIsProxyPort, isProxyPort } from '../../schema/proxy-port.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { labelSelector, stringMap } from '../../schema/string-map.ts';
import { portNumber, wholeNumber } from '../../schema/text.ts';

/** The reserved name of the backend that is all selected pods; it exists without being declared. */
export const appBackend = 'app';

const otherService = z.strictObject({
  name: serviceName.meta(about('Name of the Service.', { becomes: 'VirtualService.spec.http[].route[].destination' })),
  port: portNumber.meta(about('Port of that Service (not of its containers).')),
  namespace: labelName
    .meta(
      about('Namespace of the Service; another one needs a grant by the platform.', {
        absent: 'the namespace of this object',
      }),
    )
    .exactOptional(),
});

const backend = withRules(
  z.strictObject({
    labels: labelSelector
      .meta(
        about("Labels that a part of this app's pods carries beside the selector.", {
          becomes: 'DestinationRule.spec.subsets[].labels',
        }),
      )
      .exactOptional(),
    service: otherService.meta(about('Another Service.')).exactOptional(),
    host: exactHost
      .meta(
        about('DNS name of a server outside the cluster. Requests keep their Host header.', {
          becomes: 'ServiceEntry.spec.endpoints[].address',
        }),
      )
      .exactOptional(),
    port: portNumber
      .meta(about('Port of the server at host.', { becomes: 'ServiceEntry.spec.ports[].targetPort' }))
      .exactOptional(),
    tls: z
      .boolean()
      .meta(
        about(
          'Whether TLS is spoken to the server at host: its certificate must be for that name and signed by an authority that the operating system of the proxies trusts.',
          { absent: 'false', becomes: 'DestinationRule.spec.trafficPolicy.tls' },
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'a backend needs exactly one of labels, service and host',
      fix: "give labels for a part of this app's pods, service for another Service, or host and port for a server elsewhere",
      cel: '[has(self.labels), has(self.service), has(self.host)].filter(given, given).size() == 1',
      faults: ({ labels, service, host }) =>
        unless([labels, service, host].filter((given) => given !== undefined).length === 1),
    },
    {
      message: 'host and port of a backend are not given together',
      fix: 'give both for a server elsewhere; the port of a Service is service.port',
      cel: 'has(self.host) == has(self.port)',
      faults: ({ host, port }) =>
        (host === undefined) === (port === undefined) ? [] : [[host === undefined ? 'port' : 'host']],
    },
    {
      message: "ports 15000 to 15099 are those of Istio's proxy, which a name could lead to",
      fix: 'use the port of the server',
      cel: `!has(self.port) || !${celIsProxyPort('self.port')}`,
      faults: ({ port }) => (port !== undefined && isProxyPort(port) ? [['port']] : []),
    },
    {
      message: 'tls is for backends by host',
      fix: "remove tls; mutual TLS to pods is the mesh's own affair",
      cel: '!has(self.tls) || has(self.host)',
      faults: ({ host, tls }) => (tls === undefined || host !== undefined ? [] : [['tls']]),
    },
  ],
).meta(about("A part of this app's pods (labels), another Service (service), or a server elsewhere (host and port)."));

/** All declared backends by name. */
export const backends = withRules(stringMap(backend, { keys: dns1123Label, most: 16 }), [
  {
    message: 'the backend name app is reserved for all selected pods',
    fix: 'choose another name; app can be used without declaring it',
    cel: "!('app' in self)",
    faults: (map) => (Object.hasOwn(map, appBackend) ? [[appBackend]] : []),
  },
  {
    message: 'YAML reads this backend name as true or false',
    fix: 'choose a name other than true, false, yes, no, on, off, y and n',
    cel: "self.all(key, !(key in ['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']))",
    faults: (map) => Object.keys(map).flatMap((key) => (yamlBooleans.has(key) ? [[key]] : [])),
  },
]);

const yamlBooleans: ReadonlySet<string> = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** Shares of backends in whole percents; server-side apply replaces it as a whole, since the sum must hold. */
export const split = withRules(
  stringMap(wholeNumber(0, 100).meta(about('Share of the requests, in percent.')), { keys: dns1123Label, most: 17 }),
  [
    {
      message: 'the shares do not add up to 100',
      fix: 'write whole percents whose sum is 100',
      cel: 'self.map(key, self[key]).sum() == 100',
      faults: (map) => unless(Object.values(map).reduce((sum, share) => sum + share, 0) === 100),
    },
  ],
).meta({ 'x-kubernetes-map-type': 'atomic' });
