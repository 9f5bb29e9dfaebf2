/** How the hosts of an app are served over TLS. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { objectName } from '../../schema/names.ts';

/** TLS of the hosts. */
export const tls = z.strictObject({
  secretName: objectName.meta(
    about('Secret of type kubernetes.io/tls that holds certificate and key.', {
      becomes: 'Gateway.spec.servers[].tls.credentialName or Ingress.spec.tls[].secretName',
    }),
  ),
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
