/** Ingress (networking.k8s.io/v1) as far as this project writes or reads it. */
import type { ObjectMeta } from './manifest.ts';

/** Where a path leads: a port of a Service in the Ingress's namespace, by number. */
export type IngressBackend = {
  readonly service: { readonly name: string; readonly port: { readonly number: number } };
};

/** One path of a rule. Prefix is by whole segments, Exact is byte for byte. */
export type IngressPath = {
  readonly path: string;
  readonly pathType: 'Prefix' | 'Exact' | 'ImplementationSpecific';
  readonly backend: IngressBackend;
};

/** The paths of one host. */
export type IngressRule = { readonly host?: string; readonly http: { readonly paths: readonly IngressPath[] } };

/** What an Ingress is made of. */
export type IngressSpec = {
  readonly ingressClassName?: string;
  readonly tls?: readonly { readonly hosts: readonly string[]; readonly secretName: string }[];
  readonly rules: readonly IngressRule[];
};

/** An Ingress. */
export type Ingress = {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'Ingress';
  readonly metadata: ObjectMeta;
  readonly spec: IngressSpec;
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly IngressAddress[] } };
};

/** An address that a controller gave an Ingress. */
export type IngressAddress = { readonly ip?: string; readonly hostname?: string };
