/** cert-manager.io/v1 Certificate as far as this project writes it. */
import type { ObjectMeta } from './manifest.ts';

/** A certificate that cert-manager makes, and the Secret that it writes it into. */
export type Certificate = {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Certificate';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly secretName: string;
    readonly dnsNames: readonly string[];
    readonly issuerRef: { readonly group: 'cert-manager.io'; readonly kind: string; readonly name: string };
  };
};
