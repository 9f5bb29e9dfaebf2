/** Backends: where a route's requests go. */
import type { At } from './located.ts';

/** The reserved name of the backend that is all selected pods of the app. */
export const appBackend = 'app';

/** A backend: all pods of the app, a subset of them by labels, or another Service. */
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
    };

/** A backend and its share in whole percents; the weights of one split add up to 100. */
export type WeightedBackend = { readonly backend: Backend; readonly weight: number };
