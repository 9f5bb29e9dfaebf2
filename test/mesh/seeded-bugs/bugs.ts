/** Seeded bugs: mistakes that a renderer could have, each as one edit of its source. */

/** One mistake. `find` stands exactly once in the file. */
export type SeededBug = { readonly name: string; readonly file: string; readonly find: string; readonly put: string };

const istio = 'src/translate/istio';

/** All of them. */
export const seededBugs: readonly SeededBug[] = [
  {
    name: 'a prefix of characters instead of segments',
    file: `${istio}/features.ts`,
    find: "paths: prefix === '/' ? [{ prefix }] : [{ exact: prefix }, { prefix: `${prefix}/` }],",
    put: 'paths: [{ prefix }],',
  },
  {
    name: 'two routes swapped',
    file: `${istio}/gateway-virtual-services.ts`,
    find: '...routes.flatMap((route) =>',
    put: '...[...routes.slice(1, 2), ...routes.slice(0, 1), ...routes.slice(2)].flatMap((route) =>',
  },
  {
    name: 'weights off by ten',
    file: `${istio}/destinations.ts`,
    find: '{ weight }',
    put: '{ weight: weight > 50 ? weight - 10 : split.length === 2 && weight < 50 ? weight + 10 : weight }',
  },
  {
    name: 'a share for a backend that has none to begin with',
    file: `${istio}/destinations.ts`,
    find: 'weight: 0 }',
    put: 'weight: 100 }',
  },
  {
    name: '301 for 308',
    file: `${istio}/gateway-virtual-services.ts`,
    find: 'redirectCode: 308',
    put: 'redirectCode: 301',
  },
  {
    name: 'the match of the plaintext port missing',
    file: `${istio}/gateway-virtual-services.ts`,
    find: 'match: [{ port }], ',
    put: '',
  },
  {
    name: 'a policy without its path',
    file: `${istio}/allow-rule.ts`,
    find: '...(paths === undefined ? {} : { paths: [...new Set(paths.flatMap(pathForms))] }),',
    put: '',
  },
  {
    name: 'a list of calls that lets everything out',
    file: `${istio}/sidecar.ts`,
    find: "mode: 'REGISTRY_ONLY'",
    put: "mode: 'ALLOW_ANY'",
  },
  {
    name: 'a list of calls that knows Services of its own namespace alone',
    file: `${istio}/sidecar.ts`,
    find: '`${namespace}/${serviceHost(',
    put: '`./${serviceHost(',
  },
  {
    name: 'a limit of bodies off by one',
    file: `${istio}/body-limit.ts`,
    find: 'limitFilters(limit.value, app)',
    put: 'limitFilters(limit.value + 1, app)',
  },
  {
    name: 'a limit of bodies for callers inside the mesh too',
    file: `${istio}/body-limit.ts`,
    find: '[not(cameThrough(app)), opensWebsocket]',
    put: '[opensWebsocket, opensWebsocket]',
  },
  {
    name: 'a limit of requests without its burst',
    file: `${istio}/rate-limit.ts`,
    find: 'max_tokens: burst,',
    put: 'max_tokens: requests,',
  },
  {
    name: 'a wrong subset label',
    file: `${istio}/destination-rule.ts`,
    find: 'labels: backend.labels',
    put: "labels: { ...backend.labels, version: 'v1' }",
  },
  {
    name: 'a host without its twin with a trailing dot',
    file: `${istio}/host-spellings.ts`,
    find: '[host, `${host}.`]',
    put: '[host]',
  },
  {
    name: 'retries on a route that has none',
    file: `${istio}/http-entries.ts`,
    find: '...(retries === undefined ? {} : { retries }),',
    put: "...(route === undefined ? {} : { retries: retries ?? { attempts: 2, retryOn: '5xx' } }),",
  },
  {
    name: "the app's retries above those of a route",
    file: 'src/normalize/route.ts',
    find: `      ...(acts.forward === undefined ? {} : defaults.resilience),
      ...extras(route, at),`,
    put: `      ...extras(route, at),
      ...(acts.forward === undefined ? {} : defaults.resilience),`,
  },
  {
    name: 'connectTimeout as the time for the whole answer',
    file: `${istio}/features.ts`,
    find: 'action: { route: destinations(split, context), ...marker(context) },',
    put: `action: {
      route: destinations(split, context),
      ...marker(context),
      ...(context.traffic.connections.effective.connectTimeout === undefined
        ? {}
        : { timeout: durationText(context.traffic.connections.effective.connectTimeout.value) }),
    },`,
  },
  {
    name: 'a pod ejected at its first failure',
    file: `${istio}/traffic-policy.ts`,
    find: 'consecutive5xxErrors: after,',
    put: 'consecutive5xxErrors: 1,',
  },
  {
    name: 'a header match on the wrong value',
    file: `${istio}/features.ts`,
    find: '[name, { exact: value }]',
    put: '[name, { exact: value.toLowerCase() }]',
  },
  {
    name: 'the shares of localities for callers anywhere',
    file: `${istio}/load-balancer.ts`,
    find: 'distribute: where.distribute.map(({ from, to }) => ({\n      from,',
    put: "distribute: where.distribute.map(({ from, to }) => ({\n      from: from.replace(/.*/s, '*'),",
  },
  {
    name: 'the percents of delay and abort swapped',
    file: `${istio}/features.ts`,
    find: 'httpStatus: abort.status, percentage: { value: abort.percent }',
    put: 'httpStatus: abort.status, percentage: { value: delay?.percent ?? abort.percent }',
  },
  {
    name: 'a kept side that is drawn anew',
    file: `${istio}/sticky-sides.ts`,
    find: 'return [...kept, ...draws(',
    put: 'return [...draws(',
  },
  {
    name: 'the cookie of the wrong side',
    file: `${istio}/sticky-sides.ts`,
    find: "split[i]?.backend.name ?? ''",
    put: "split[split.length - 1 - i]?.backend.name ?? ''",
  },
  {
    name: 'the percent of a mirror missing',
    file: `${istio}/features.ts`,
    find: ', percentage: { value: percent } }',
    put: ' }',
  },
  {
    name: 'a regular expression that is not anchored',
    file: `${istio}/features.ts`,
    find: '({ paths: [{ regex }] })',
    put: '({ paths: [{ regex: `(?:${regex}).*` }] })',
  },
  {
    name: 'the regular expression of a header as its value',
    file: `${istio}/features.ts`,
    find: '[name, { regex: value }]',
    put: '[name, { exact: value }]',
  },
  {
    name: 'a header that must be absent forgotten',
    file: `${istio}/http-entries.ts`,
    find: 'const headers = { ...a.headers, ...b.headers };',
    put: `const headers = { ...a.headers, ...b.headers };
  if (b.withoutHeaders !== undefined) return a;`,
  },
  {
    name: 'a cookie as a part of the header',
    file: `${istio}/cookie-headers.ts`,
    find: '`(?:.*;)?\\\\s*${literalRegex(`${name}=${value}`)}\\\\s*(?:;.*)?`',
    put: '`.*${literalRegex(`${name}=${value}`)}.*`',
  },
  {
    name: 'only the first cookie',
    file: `${istio}/cookie-headers.ts`,
    find: 'cookies.map((cookie, i) =>',
    put: 'cookies.slice(0, 1).map((cookie, i) =>',
  },
  {
    name: 'a query parameter that only has to be there',
    file: `${istio}/features.ts`,
    find: 'queryParams: exactValues(conditions)',
    put: "queryParams: Object.fromEntries(conditions.map(({ name }) => [name, { regex: '.*' }]))",
  },
  {
    name: 'the parts of an allow entry as alternatives',
    file: `${istio}/allow-rule.ts`,
    find: `    {
      ...(from === undefined ? {} : { from: [from] }),
      ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
    },`,
    put: `    ...(from === undefined ? [] : [{ from: [from] }]),
    ...(Object.keys(operation).length === 0 ? [] : [{ to: [{ operation }] }]),`,
  },
  {
    name: 'the oldest version of TLS one too low',
    file: `${istio}/gateway.ts`,
    find: "'1.3': 'TLSV1_3'",
    put: "'1.3': 'TLSV1_2'",
  },
  {
    name: 'TLS that is passed through by the name of another host',
    file: `${istio}/tls-entries.ts`,
    find: 'sniHosts: hosts',
    put: "sniHosts: hosts.map((host) => host.replace('*.', ''))",
  },
  {
    name: 'the exception from mutual TLS on the port of the Service',
    file: `${istio}/peer-authentication.ts`,
    find: '{ app, selector }: Traffic, { mode, exceptPorts }: Mtls): PeerAuthentication {',
    put: `{ app, selector, ports }: Traffic, { mode, exceptPorts: given }: Mtls): PeerAuthentication {
  const exceptPorts = given.map((one) => ports.find(({ targetPort }) => targetPort === one)?.port ?? one);`,
  },
  {
    name: 'a fixed answer without its body',
    file: `${istio}/features.ts`,
    find: '...(body === undefined ? {} : { body: { string: body } })',
    put: '',
  },
  {
    name: 'a route to the first port, whichever it names',
    file: `${istio}/destinations.ts`,
    find: 'port: { number: route.port.port },',
    put: 'port: { number: traffic.ports[0]?.port ?? route.port.port },',
  },
  {
    name: 'what is spoken on a port left to its name',
    file: 'src/translate/service/service.ts',
    find: 'targetPort, appProtocol: protocol }',
    put: "targetPort, ...(protocol === 'http2' ? {} : { appProtocol: protocol }) }",
  },
  {
    name: 'a response header added instead of set',
    file: `${istio}/features.ts`,
    find: 'action: { headers: { response: headerOperations(edits) } },',
    put: 'action: { headers: { response: headerOperations({ ...edits, set: [], add: [...edits.set, ...edits.add] }) } },',
  },
  {
    name: 'a percent sign that Envoy takes for a variable',
    file: `${istio}/header-operations.ts`,
    find: "[name, value.replaceAll('%', '%%')]",
    put: "[name, /^(%[A-Z_]+(\\(.*\\))?%|[^%]*)$/.test(value) ? value : value.replaceAll('%', '%%')]",
  },
  {
    name: 'a whole path that replaces no more than the prefix',
    file: `${istio}/features.ts`,
    find: "rewrite: { uriRegexRewrite: { match: '/.*', rewrite: path } }",
    put: 'rewrite: { uri: path }',
  },
  {
    name: 'an expression that replaces what it matches anywhere in the path',
    file: `${istio}/features.ts`,
    find: 'match: `^(?:${match})$`',
    put: 'match',
  },
  {
    name: 'an expression of several choices of which only the outer ones are held at the ends of the path',
    file: `${istio}/features.ts`,
    find: 'match: `^(?:${match})$`',
    put: 'match: `^${match}$`',
  },
  {
    name: 'a host that is lost where the prefix itself is replaced',
    file: `${istio}/http-entries.ts`,
    find: 'const rewrite = { ...merged.rewrite, ...action.rewrite };',
    put: 'const rewrite = { ...(action.rewrite ?? merged.rewrite) };',
  },
  {
    name: 'a server elsewhere at the port by which Istio knows it',
    file: `${istio}/host-backends.ts`,
    find: "protocol: 'HTTP', targetPort: port }",
    put: "protocol: 'HTTP' }",
  },
  {
    name: 'a server elsewhere whose certificate may be for any name',
    file: `${istio}/host-backends.ts`,
    find: 'caCertificates: systemAuthorities, sni: host, subjectAltNames: [host]',
    put: 'sni: host, insecureSkipVerify: true',
  },
  {
    name: 'one name for the servers elsewhere of an app',
    file: 'src/kube/identity.ts',
    find: '`${backend}.${app.name}.${app.namespace}.${hostBackendDomain}`',
    put: '`${backend.slice(0, 0)}elsewhere.${app.name}.${app.namespace}.${hostBackendDomain}`',
  },
  {
    name: 'a preflight by its own method',
    file: `${istio}/features.ts`,
    find: 'isMarked ? { alternatives: askedMethods(methods) } : ',
    put: 'isMarked && methods.length < 0 ? { alternatives: askedMethods(methods) } : ',
  },
  {
    name: 'a preflight of an origin that is not allowed sent on',
    file: `${istio}/cors-policy.ts`,
    find: "unmatchedPreflights: 'IGNORE'",
    put: "unmatchedPreflights: 'FORWARD'",
  },
  {
    name: 'a certificate that clients may show, and need not',
    file: `${istio}/gateway.ts`,
    find: "mode: 'MUTUAL'",
    put: "mode: 'OPTIONAL_MUTUAL'",
  },
  {
    name: 'an authority by a name that Istio takes for that of a certificate with a key',
    file: `${istio}/gateway.ts`,
    find: '`${clientCa.value}${authoritySuffix}`',
    put: '`${clientCa.value}${authoritySuffix.slice(7)}`',
  },
  {
    name: 'connections to a port of the gateway that go to all pods, whichever they are for',
    file: `${istio}/tcp-entries.ts`,
    find: 'destinations(route.features.forward?.value ?? [], {',
    put: "destinations([{ backend: { kind: 'App', name: 'app' }, weight: 100 }], {",
  },
  {
    name: 'websockets refused on ports of every protocol',
    file: `${istio}/no-websocket.ts`,
    find: '=== true && speaksHttp2(port)',
    put: '=== true && (speaksHttp2(port) || port.port > 0)',
  },
  {
    name: 'addresses of clients judged by the one that the gateway has',
    file: `${istio}/entry-policy.ts`,
    find: 'source: { notRemoteIpBlocks: allowCIDRs.value }',
    put: 'source: { notIpBlocks: allowCIDRs.value }',
  },
  {
    name: 'ranges that keep nobody out',
    file: `${istio}/entry-policy.ts`,
    find: '...(denyCIDRs === undefined ? []',
    put: '...(denyCIDRs === undefined || when.length > 0 ? []',
  },
  {
    name: 'claims that nobody looks for',
    file: `${istio}/entry-policy.ts`,
    find: '...[...distinct.entries()].map(',
    put: '...[...distinct.entries()].slice(0, 0).map(',
  },
  {
    name: 'a token that is not for the app',
    file: `${istio}/request-authentication.ts`,
    find: '...(audiences.length === 0 ? {} : { audiences }),',
    put: '',
  },
  {
    name: 'a token for whatever stands in the header',
    file: `${istio}/without-token.ts`,
    find: 'withoutHeaders: { ...one.withoutHeaders, [header]: oneToken }',
    put: "withoutHeaders: { ...one.withoutHeaders, [header]: { regex: '.+' } }",
  },
  {
    name: 'a preflight that needs a token',
    file: `${istio}/without-token.ts`,
    find: 'if (route === undefined || corsPolicy === undefined) return [];',
    put: 'if (route === undefined || corsPolicy === undefined || name.length > 0) return [];',
  },
];
