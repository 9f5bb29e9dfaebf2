/** AT0703: what the platform has to open before an app may ask for it (settings, featureGates). */
import { bodyLimitAtPods } from '../model/body-limit.ts';
import { rateLimitFields } from '../model/rate-limit.ts';
import type { At } from '../model/located.ts';
import type { FeatureGate } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Policy } from './policy.ts';

/** A field of the app and the gate that it needs. */
type Gated = { readonly gate: FeatureGate; readonly name: string; readonly at: At };

/** Refuses every field whose gate is closed. */
export const featureGates: Policy = (traffic, { platform }) => ({
  problems: gatedFields(traffic)
    .filter(({ gate }) => !platform.featureGates[gate])
    .map(({ gate, name, at }) => ({
      code: 'AT0703',
      field: at,
      message: `the platform has not opened the feature gate ${gate}, which ${name} needs on Istio`,
      fix: `remove ${name}, or ask the platform team to open it (settings, featureGates.${gate})`,
    })),
});

function gatedFields({ external }: Traffic): readonly Gated[] {
  const limit = bodyLimitAtPods(external);
  const tls = external?.edge.kind === 'Ingress' ? undefined : external?.tls;
  const ofSidecars = [
    ...(limit === undefined ? [] : [{ name: 'external.maxBodySize', at: limit.at }]),
    ...rateLimitFields(external),
  ];
  return [
    ...ofSidecars.map((field) => ({ gate: 'EnvoyFilter' as const, ...field })),
    ...(tls?.value.issuer === undefined
      ? []
      : [{ gate: 'CertManager' as const, name: 'external.tls.issuer', at: tls.at }]),
  ];
}
