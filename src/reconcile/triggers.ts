/** Triggers: which apps a change of a watched object concerns. */
import { appLabel, appNamespaceLabel } from '../kube/identity.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { AppIndex } from './app-index.ts';
import { tokens } from './app-tokens.ts';

/** The app that a child belongs to, by its label: `namespace/name`; undefined for an object without the label. */
export function appOfChild({ metadata }: Pick<Manifest, 'metadata'>): string | undefined {
  const app = metadata.labels?.[appLabel];
  // A child in another namespace says of which one its app is.
  const namespace = metadata.labels?.[appNamespaceLabel] ?? metadata.namespace ?? '';
  return app === undefined ? undefined : `${namespace}/${app}`;
}

/** The apps that a change of something they refer to concerns. */
export const dependents = {
  service: (apps: AppIndex, namespace: string, name: string): readonly string[] =>
    apps.dependents([tokens.service(namespace, name)]),
  gateway: (apps: AppIndex, namespace: string, name: string): readonly string[] =>
    apps.dependents([tokens.gateway(namespace, name)]),
  ingressClass: (apps: AppIndex): readonly string[] => apps.dependents([tokens.ingress]),
  namespace: (apps: AppIndex, name: string): readonly string[] => apps.dependents([tokens.mesh(name)]),
} as const;
