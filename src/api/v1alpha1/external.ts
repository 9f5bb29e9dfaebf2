/** How the outside reaches the app. */
import { z } from 'zod';
import { auth } from './auth.ts';
import { authRules } from './auth-rules.ts';
import { byteSize } from '../../schema/byte-size.ts';
import { cors } from './cors.ts';
import { wholeCidr } from '../../schema/cidr.ts';
import { about } from '../../schema/describe.ts';
import { host, isWithin } from '../../schema/host.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { objectName } from '../../schema/names.ts';
import { probe } from './probe.ts';
import { rateLimit } from './rate-limit.ts';
import { externalRoutes } from './route.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { tcp } from './tcp.ts';
import { text } from '../../schema/text.ts';
import { tls } from './tls.ts';

const gatewayRef = text({
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
  max: 317,
  message: 'is not a gateway of the form NAMESPACE/NAME',
  fix: 'write the namespace, a slash and the name of the Gateway, as in istio-ingress/public',
});

const hosts = withRules(z.array(host).min(1).max(100), [
  {
    message: 'a host is listed twice',
    fix: 'list every host once',
    keywords: { 'x-kubernetes-list-type': 'set' },
    faults: (list) => list.flatMap((one, at) => (list.indexOf(one) < at ? [[at]] : [])),
  },
]);

const cidrs = z.array(wholeCidr).min(1).max(128).meta({ 'x-kubernetes-list-type': 'atomic' });

const fields = z.strictObject({
  provider: z
    .enum(['Istio', 'Ingress'])
    .meta(about('What serves the hosts.', { absent: "the platform's default" }))
    .exactOptional(),
  hosts: hosts
    .meta(
      about('DNS names that the app is reached by, lower-case, without port; *.example.com is any name below it.', {
        absent: 'none: the app is reached by the ports of tcp alone',
        becomes: 'Gateway.spec.servers[].hosts, VirtualService.spec.hosts or Ingress.spec.rules[].host',
      }),
    )
    .exactOptional(),
  gateway: gatewayRef
    .meta(
      about("Istio Gateway that serves the hosts, as NAMESPACE/NAME; one of the platform's gateways.", {
        absent: "the platform's default gateway; a Gateway is made where there is none or tls is given",
        becomes: 'VirtualService.spec.gateways',
      }),
    )
    .exactOptional(),
  ingressClass: objectName
    .meta(
      about('IngressClass whose controller serves the hosts.', {
        absent: "the cluster's default class",
        becomes: 'Ingress.spec.ingressClassName',
      }),
    )
    .exactOptional(),
  tls: tls
    .meta(about('Certificate of the hosts.', { absent: "the named gateway's own, else plain http" }))
    .exactOptional(),
  httpsRedirect: z
    .boolean()
    .meta(
      about('Whether plain http is answered with 308 to https.', {
        absent: 'true where TLS is served',
      }),
    )
    .exactOptional(),
  maxBodySize: byteSize('256Mi')
    .meta(
      about(
        'Largest body of a request from outside, in bytes; a larger one is answered with 413. On Istio the sidecars of the pods keep it, which hold each body in memory until it is whole, and the platform has to open the gate EnvoyFilter; there redirect and respond, whose requests no pod sees, take bodies of any size, and so do the messages of websockets.',
        {
          absent: "the provider's own: Istio has none",
          becomes: 'EnvoyFilter.spec.configPatches or Ingress.metadata.annotations',
        },
      ),
    )
    .exactOptional(),
  allowCIDRs: cidrs
    .meta(
      about(
        'Ranges of addresses from which clients may come, judged at the pods: others are answered with 403. What a route answers by itself it answers to everybody.',
        { absent: 'any address', becomes: 'AuthorizationPolicy.spec.rules[].from[].source.notRemoteIpBlocks' },
      ),
    )
    .exactOptional(),
  denyCIDRs: cidrs
    .meta(
      about('Ranges of addresses from which no client may come, also where allowCIDRs holds them.', {
        absent: 'none',
        becomes: 'AuthorizationPolicy.spec.rules[].from[].source.remoteIpBlocks',
      }),
    )
    .exactOptional(),
  auth: auth
    .meta(
      about('What requests need to reach the pods: a token, or the word of a provider that is asked.', {
        absent: 'nothing',
        becomes: 'RequestAuthentication, AuthorizationPolicy',
      }),
    )
    .exactOptional(),
  rateLimit: rateLimit
    .meta(
      about(
        'How many requests from outside each pod takes on all routes together that have no rateLimit of their own, whoever sends them; what is more is answered with 429. On Istio the sidecars of the pods keep it, each for itself and for each port, and the platform has to open the gate EnvoyFilter.',
        { absent: 'as many as come', becomes: 'EnvoyFilter.spec.configPatches' },
      ),
    )
    .exactOptional(),
  cors: cors
    .meta(
      about(
        'Lets pages of other origins call the app: holds for every route that leads to a backend and has no cors of its own.',
        {
          absent: 'browsers keep the answers from pages of other origins',
          becomes: 'VirtualService.spec.http[].corsPolicy',
        },
      ),
    )
    .exactOptional(),
  probe: probe
    .meta(
      about(
        'A request that the operator sends to the first exact host that the app holds, by way of DNS and TLS as a client would; condition Reachable says what comes back. It changes nothing that is served, and Ready does not wait for it.',
        { absent: 'nothing is probed' },
      ),
    )
    .exactOptional(),
  routes: externalRoutes
    .meta(
      about('What happens to requests; the most specific match wins, whatever the order. An empty list: 404 for all.', {
        absent: 'one route for all requests',
        becomes: 'VirtualService.spec.http or Ingress.spec.rules[].http.paths',
      }),
    )
    .exactOptional(),
  tcp: tcp
    .meta(
      about('Ports of the gateway on which TCP connections, whatever is said over them, lead to the app.', {
        absent: 'none',
        becomes: 'Gateway.spec.servers, VirtualService.spec.tcp',
      }),
    )
    .exactOptional(),
});

const aboutHosts = [
  'ingressClass',
  'tls',
  'httpsRedirect',
  'maxBodySize',
  'allowCIDRs',
  'denyCIDRs',
  'auth',
  'rateLimit',
  'cors',
  'probe',
  'routes',
] as const;

/** How the outside reaches the app. */
export const external = withRules(fields, [
  {
    message: 'neither hosts nor tcp is given, so nothing leads to the app',
    fix: 'list the hosts, or the ports of the gateway under tcp',
    cel: 'has(self.hosts) || has(self.tcp)',
    faults: ({ hosts, tcp: ports }) => (hosts === undefined && ports === undefined ? [['hosts']] : []),
  },
  {
    message:
      'ingressClass, tls, httpsRedirect, maxBodySize, allowCIDRs, denyCIDRs, auth, rateLimit, cors, probe and routes are about hosts, and there are none',
    fix: 'list the hosts, or remove what is about them',
    cel: `has(self.hosts) || !(${aboutHosts.map((name) => `has(self.${name})`).join(' || ')})`,
    faults: (value) =>
      value.hosts === undefined && value.tcp !== undefined
        ? aboutHosts.flatMap((name) => (value[name] === undefined ? [] : [[name]]))
        : [],
  },
  {
    message: 'match.host of a route is not among external.hosts',
    fix: 'add the host to external.hosts, or match one of them or a host below a wildcard among them',
    // The ends of the wildcards are cut off once, not once for each route.
    cel: [
      "!has(self.routes) || !has(self.hosts) || [self.hosts.filter(one, one.startsWith('*.')).map(one, one.substring(1))].all(ends,",
      'self.routes.all(route, !has(route.match) || !has(route.match.host) || route.match.host in self.hosts',
      "|| (!route.match.host.startsWith('*.') && ends.exists(end, route.match.host.endsWith(end)))))",
    ].join(' '),
    faults: ({ hosts: names, routes = [] }) =>
      routes.flatMap(({ match }, at) =>
        names === undefined || match?.host === undefined || isWithin(match.host, names)
          ? []
          : [['routes', at, 'match', 'host']],
      ),
  },
  {
    message: 'a wildcard is no name that could be asked for, so probe needs an exact host',
    fix: 'list a host without *. in external.hosts, or remove probe',
    cel: "!has(self.probe) || !has(self.hosts) || self.hosts.exists(one, !one.startsWith('*.'))",
    faults: ({ probe: asked, hosts: listed }) =>
      asked === undefined || listed === undefined || listed.some((one) => !one.startsWith('*.')) ? [] : [['probe']],
  },
  ...authRules,
  {
    message: 'a named gateway brings its own certificate, so tls would do nothing',
    fix: 'remove tls, or remove gateway to get a Gateway of your own',
    cel: '!has(self.tls) || !has(self.gateway)',
    faults: ({ tls, gateway }) => (tls === undefined || gateway === undefined ? [] : [['tls']]),
  },
  {
    message: 'plain http asks for no certificate, so with tls.mode Mutual it may only lead to https',
    fix: 'remove httpsRedirect, or set tls.mode: Terminate',
    cel: "!has(self.httpsRedirect) || self.httpsRedirect || !has(self.tls) || !has(self.tls.mode) || self.tls.mode != 'Mutual'",
    faults: ({ tls, httpsRedirect }) => (tls?.mode === 'Mutual' && httpsRedirect === false ? [['httpsRedirect']] : []),
  },
  {
    message: 'gateway is for provider Istio only',
    fix: 'remove gateway, or set provider: Istio',
    cel: "!has(self.gateway) || !has(self.provider) || self.provider == 'Istio'",
    faults: ({ gateway, provider }) => (gateway === undefined || provider !== 'Ingress' ? [] : [['gateway']]),
  },
  {
    message: 'ingressClass is for provider Ingress only',
    fix: 'remove ingressClass, or set provider: Ingress',
    cel: "!has(self.ingressClass) || !has(self.provider) || self.provider == 'Ingress'",
    faults: ({ ingressClass, provider }) =>
      ingressClass === undefined || provider !== 'Istio' ? [] : [['ingressClass']],
  },
  {
    message: 'gateway (provider Istio) and ingressClass (provider Ingress) are both given',
    fix: 'keep the one of your provider',
    cel: '!has(self.gateway) || !has(self.ingressClass)',
    faults: ({ gateway, ingressClass }) => unless(gateway === undefined || ingressClass === undefined),
  },
]);

/** How the outside reaches the app. */
export type External = Immutable<z.output<typeof external>>;
