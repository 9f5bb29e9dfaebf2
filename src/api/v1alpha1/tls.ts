/** How the hosts of an app are served over TLS. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { objectName } from '../../schema/names.ts';
import { withRules } from '../../schema/rule.ts';

const fields = z.strictObject({
  mode: z
    .enum(['Terminate', 'Passthrough'])
    .meta(
      about(
        'Where TLS ends: at the gateway (Terminate), or at the pods (Passthrough), which then hold the certificate themselves and are chosen by host alone. Passthrough: provider Istio only.',
        { absent: 'Terminate', becomes: 'Gateway.spec.servers[].tls.mode' },
      ),
    )
    .exactOptional(),
  secretName: objectName
    .meta(
      about('Secret of type kubernetes.io/tls that holds certificate and key. Needed for Terminate.', {
        becomes: 'Gateway.spec.servers[].tls.credentialName or Ingress.spec.tls[].secretName',
      }),
    )
    .exactOptional(),
  minVersion: z
    .enum(['1.2', '1.3'])
    .meta(
      about('Lowest version of TLS that clients may speak, in quotes. Provider Istio only.', {
        absent: "the gateway's own (Istio: 1.2)",
        becomes: 'Gateway.spec.servers[].tls.minProtocolVersion',
      }),
    )
    .exactOptional(),
});

/** TLS of the hosts. */
export const tls = withRules(fields, [
  {
    message: 'secretName is needed where TLS ends at the gateway',
    fix: 'name the Secret with the certificate, or set mode: Passthrough where the pods end TLS themselves',
    cel: "has(self.secretName) || (has(self.mode) && self.mode == 'Passthrough')",
    faults: ({ mode, secretName }) => (secretName !== undefined || mode === 'Passthrough' ? [] : [['secretName']]),
  },
  {
    message: 'with mode Passthrough the pods end TLS themselves, so secretName and minVersion would do nothing',
    fix: 'remove them, or set mode: Terminate',
    cel: "!has(self.mode) || self.mode != 'Passthrough' || !(has(self.secretName) || has(self.minVersion))",
    faults: (value) =>
      value.mode === 'Passthrough'
        ? (['secretName', 'minVersion'] as const).flatMap((name) => (value[name] === undefined ? [] : [[name]]))
        : [],
  },
]);
