/** Feature gates: what the platform opens before apps may ask for it. */
import { z } from 'zod';
import type { FeatureGate } from '../model/platform.ts';
import { about } from '../schema/describe.ts';

/** `featureGates`. */
export const featureGates = z.strictObject({
  EnvoyFilter: z
    .boolean()
    .meta(
      about(
        "Whether apps may ask for external.maxBodySize and rateLimit on Istio, which become EnvoyFilters for the app's pods. The operator then watches and writes EnvoyFilters, for which config/components/envoy-filter grants the permissions.",
        { absent: 'false' },
      ),
    )
    .exactOptional(),
  CertManager: z
    .boolean()
    .meta(
      about(
        "Whether apps may ask for external.tls.issuer, which becomes a Certificate of cert-manager in the namespace of the gateway's pods. The operator then watches and writes Certificates there, for which config/components/cert-manager grants the permissions.",
        { absent: 'false' },
      ),
    )
    .exactOptional(),
} satisfies Record<FeatureGate, z.ZodType>);
