/** Who inside the mesh may call the app, what it may call, and how calls inside are routed; Istio's, whatever serves `external`. */
import { z } from 'zod';
import { calls } from './calls.ts';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { labelName, objectName } from '../../schema/names.ts';
import { allowedPath } from './path.ts';
import { refusesNull } from '../../schema/nulls.ts';
import { internalRoutes } from './route.ts';
import { methods } from './route-match.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { portNumber } from '../../schema/text.ts';

const portList = z.array(portNumber).min(1).max(32).meta({ 'x-kubernetes-list-type': 'atomic' });

const mtls = withRules(
  z.strictObject({
    mode: z
      .enum(['Strict', 'Permissive', 'Disable'])
      .meta(
        about('Whether callers must, may or cannot use mutual TLS.', { becomes: 'PeerAuthentication.spec.mtls.mode' }),
      ),
    exceptPorts: portList
      .meta(
        about('Container ports that also take plaintext; allow still holds on them.', {
          absent: 'none',
          becomes: 'PeerAuthentication.spec.portLevelMtls',
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'exceptPorts needs mode Strict',
      fix: 'set mode: Strict, or remove exceptPorts',
      cel: "!has(self.exceptPorts) || self.mode == 'Strict'",
      faults: ({ mode, exceptPorts }) => (exceptPorts === undefined || mode === 'Strict' ? [] : [['exceptPorts']]),
    },
  ],
);

const allowEntry = withRules(
  z.strictObject({
    app: labelName
      .meta(about('Callers that are this AppTraffic (its serviceAccount), else the ServiceAccount of this name.'))
      .exactOptional(),
    namespace: labelName
      .meta(
        about('Callers from this namespace.', {
          absent: 'the namespace of this object beside app and serviceAccount, else any',
        }),
      )
      .exactOptional(),
    serviceAccount: objectName
      .meta(
        about('Callers with this ServiceAccount.', {
          becomes: 'AuthorizationPolicy.spec.rules[].from[].source.serviceAccounts',
        }),
      )
      .exactOptional(),
    ports: portList
      .meta(
        about('Container ports.', { absent: 'any', becomes: 'AuthorizationPolicy.spec.rules[].to[].operation.ports' }),
      )
      .exactOptional(),
    methods: methods
      .meta(
        about('Methods; hold on http ports only.', {
          absent: 'any',
          becomes: 'AuthorizationPolicy.spec.rules[].to[].operation.methods',
        }),
      )
      .exactOptional(),
    paths: z
      .array(allowedPath)
      .min(1)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .meta(
        about('Paths after any rewrite: /x is exact, /x/* is /x and all below; hold on http ports only.', {
          absent: 'any',
          becomes: 'AuthorizationPolicy.spec.rules[].to[].operation.paths',
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'an allow entry without app, namespace and serviceAccount means anyone and needs ports',
      fix: 'name the caller, or the ports that anyone may use',
      cel: 'has(self.app) || has(self.__namespace__) || has(self.serviceAccount) || has(self.ports)',
      faults: ({ app, namespace, serviceAccount, ports }) =>
        unless([app, namespace, serviceAccount, ports].some((given) => given !== undefined)),
    },
    {
      message: 'app and serviceAccount both name the caller',
      fix: 'keep one of them',
      cel: '!has(self.app) || !has(self.serviceAccount)',
      faults: ({ app, serviceAccount }) => unless(app === undefined || serviceAccount === undefined),
    },
  ],
).meta(about('One alternative: all of its fields must hold.'));

const fields = z.strictObject({
  mtls: mtls.meta(about('Mutual TLS of the pods.', { absent: "the mesh's own" })).exactOptional(),
  allow: z
    .array(allowEntry)
    .max(64)
    .meta({ 'x-kubernetes-list-type': 'atomic', ...refusesNull })
    .meta(
      about(
        'Who may call the app; entries are alternatives. An empty list is only the gateway that serves external. On a port that does not speak http a caller is judged at his first byte, so he hears a server that speaks first.',
        {
          absent: 'nobody is restricted',
          becomes: 'AuthorizationPolicy.spec.rules',
        },
      ),
    )
    .exactOptional(),
  enforcement: z
    .enum(['Enforce', 'Audit'])
    .meta(
      about('Whether allow refuses callers. Audit: everybody is let in, and sidecars log whom it would have refused.', {
        absent: 'Enforce',
        becomes: 'AuthorizationPolicy.metadata.annotations[istio.io/dry-run]',
      }),
    )
    .exactOptional(),
  calls: calls
    .meta({ 'x-kubernetes-list-type': 'atomic', ...refusesNull })
    .meta(
      about(
        "What the app's own pods may call; their sidecars refuse the rest: 502 to http, other connections are closed. An empty list: nothing. It guards against calls by mistake, not against a pod that means to get out.",
        { absent: 'pods may call whatever the mesh lets them', becomes: 'Sidecar.spec.egress' },
      ),
    )
    .exactOptional(),
  routes: internalRoutes
    .meta(
      about(
        'What happens to calls inside the mesh; the most specific match wins, whatever the order. An empty list: 404 for all.',
        {
          absent: 'one route for all calls where split is given, else the plain Service',
          becomes: 'VirtualService.spec.http',
        },
      ),
    )
    .exactOptional(),
});

/** Mutual TLS, callers, calls and routes inside the mesh. */
export const internal = withRules(fields, [
  {
    message: 'enforcement is about allow, which is absent',
    fix: 'write allow, or remove enforcement',
    cel: '!has(self.enforcement) || has(self.allow)',
    faults: ({ allow, enforcement }) => (enforcement === undefined || allow !== undefined ? [] : [['enforcement']]),
  },
]);

/** Mutual TLS, callers, calls and routes inside the mesh. */
export type Internal = Immutable<z.output<typeof internal>>;
