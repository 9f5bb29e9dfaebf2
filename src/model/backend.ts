/** Backends: where a route's requests go. */
import type { At } from './located.ts';

/** The reserved name of the backend that is all selected pods of the app. */
export const appBackend = 'app';

/** A backend: all pods of the app, a subset of them by labels, another Service, or a server elsewhere. */
export type Backend =
  | { readonly kind: 'App'; readonly name: typeof appBackend }
  | {
      readonly kind: 'Subset';
      readonly name: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly at: At;
    }
  | {
      readonly kind: 'Service';
      readonly name: string;
      readonly namespace: string;
      readonly service: string;
      /** The port of that Service (not a container port). */
      readonly port: number;
      readonly at: At;
    }
  | {
      readonly kind: 'Host';
      readonly name: string;
      /** Lower-case, without a trailing dot. */
      readonly host: string;
      readonly port: number;
      /** Whether TLS is spoken to it. */
      readonly tls: boolean;
      readonly at: At;
    };

/** A backend that is another Service. */
export type ServiceBackend = Extract<Backend, { readonly kind: 'Service' }>;

/** A backend that is a server elsewhere. */
export type HostBackend = Extract<Backend, { readonly kind: 'Host' }>;

/** Whether the backend is pods of the app, all of them or a part. */
export function isOwnPods({ kind }: Backend): boolean {
  return kind === 'App' || kind === 'Subset';
}

/** Whether the backend is one that the spec declares under a name of its own. */
export function isNamedBackend(backend: Backend): backend is Exclude<Backend, { readonly kind: 'App' }> {
  return backend.kind !== 'App';
}

/** A backend and its share in whole percents; the weights of one split add up to 100. */
export type WeightedBackend = { readonly backend: Backend; readonly weight: number };
