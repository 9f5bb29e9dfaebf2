/** Clients with certificates: apps of some worlds ask for them. */
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { clientSecret } from './ground.ts';
import type { World } from './world.ts';

/**
 * The world, in which, where its number is even, every app that serves its hosts over TLS and leads plain http there asks its
 * clients for a certificate. Nothing is drawn: what else is in the world stays as it is.
 */
export function withClients(world: World): World {
  const isAsked = Number(/\d+$/.exec(world.name)?.[0] ?? 1) % 2 === 0;
  return isAsked ? { ...world, apps: world.apps.map(asking) } : world;
}

function asking(app: AppTraffic): AppTraffic {
  const { external } = app.spec;
  if (external?.tls?.secretName === undefined || external.httpsRedirect === false) return app;
  const tls = { ...external.tls, mode: 'Mutual' as const, clientCA: clientSecret };
  return { ...app, spec: { ...app.spec, external: { ...external, tls } } };
}
