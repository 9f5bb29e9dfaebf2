/** `internal.calls`: what the app's own pods may call. */
import { z } from 'zod';
import { hostBackendDomain } from '../../kube/identity.ts';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { labelName } from '../../schema/names.ts';
import { celIsProxyPort, isProxyPort } from '../../schema/proxy-port.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { portNumber } from '../../schema/text.ts';

const call = withRules(
  z.strictObject({
    app: labelName
      .meta(
        about('Pods may call the Service of this AppTraffic, else the Service of this name.', {
          becomes: 'Sidecar.spec.egress[].hosts',
        }),
      )
      .exactOptional(),
    namespace: labelName.meta(about('Namespace of app.', { absent: 'the namespace of this object' })).exactOptional(),
    host: exactHost
      .meta(
        about('DNS name of a server outside the cluster that pods may call.', { becomes: 'ServiceEntry.spec.hosts' }),
      )
      .exactOptional(),
    port: portNumber
      .meta(
        about(
          'Port of the server at host. On 80 plain http is let through, on any other port TLS that asks for host.',
          {
            becomes: 'ServiceEntry.spec.ports',
          },
        ),
      )
      .exactOptional(),
    preset: z
      .enum(['KubeAPI'])
      .meta(about('KubeAPI: the API server of the cluster.', { becomes: 'Sidecar.spec.egress[].hosts' }))
      .exactOptional(),
  }),
  [
    {
      message: 'a call needs exactly one of app, host and preset',
      fix: 'write one entry for each app, server or preset that is called',
      cel: '[has(self.app), has(self.host), has(self.preset)].filter(given, given).size() == 1',
      faults: ({ app, host, preset }) =>
        unless([app, host, preset].filter((given) => given !== undefined).length === 1),
    },
    {
      message: 'namespace is that of app',
      fix: 'remove namespace, or name an app',
      cel: '!has(self.__namespace__) || has(self.app)',
      faults: ({ app, namespace }) => (namespace === undefined || app !== undefined ? [] : [['namespace']]),
    },
    {
      message: 'host and port of a call are not given together',
      fix: 'give both for a server elsewhere; an app may be called on every port of its Service',
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
      message: `names below ${hostBackendDomain} are those by which the operator makes backends known to Istio`,
      fix: 'use the name that DNS knows',
      cel: `!has(self.host) || !self.host.endsWith('.${hostBackendDomain}')`,
      faults: ({ host }) => (host?.endsWith(`.${hostBackendDomain}`) === true ? [['host']] : []),
    },
  ],
).meta(about('One app, one server outside the cluster (host and port), or one preset.'));

/** How many entries there may be. */
export const mostCalls = 64;

/** A CEL condition that the entries `one` and `other` are equal; written out, since texts whose lengths are known cost little to compare. */
const celSame = ['app', '__namespace__', 'host', 'port', 'preset']
  .map((field) => `(has(one.${field}) ? has(other.${field}) && other.${field} == one.${field} : !has(other.${field}))`)
  .join(' && ');

/** All that the app's pods may call. */
export const calls = withRules(z.array(call).max(mostCalls), [
  {
    message: 'a call is listed twice',
    fix: 'list every app, host with port, and preset once',
    cel: `self.all(one, self.exists_one(other, ${celSame}))`,
    faults: (list) => {
      const texts = list.map(callText);
      return texts.flatMap((text, at) => (texts.indexOf(text) < at ? [[at]] : []));
    },
  },
]);

/** Equal for equal entries, however their fields are ordered. */
function callText({ app, namespace, host, port, preset }: z.output<typeof call>): string {
  return JSON.stringify([app, namespace, host, port, preset]);
}
