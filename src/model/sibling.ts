/** Siblings: what other apps of a namespace need to know of an app. */
import { configuresPods } from './configured-pods.ts';
import type { Traffic } from './traffic.ts';
import type { SiblingApp } from './world.ts';

/** The app as its siblings see it. `created`: metadata.creationTimestamp, RFC 3339; empty where there is none. */
export function siblingOf(traffic: Traffic, created: string): SiblingApp {
  const { app, selector, service, serviceAccount } = traffic;
  const made = service.type === 'Existing' ? {} : { service: service.name };
  return { app, selector, serviceAccount, configuresPods: configuresPods(traffic), created, ...made };
}
