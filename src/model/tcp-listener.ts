/** Listeners: ports of a gateway on which TCP connections are taken for an app, whatever is said over them. */
import type { WeightedBackend } from './backend.ts';
import type { At } from './located.ts';
import type { Route } from './route.ts';

/** One listener. */
export type TcpListener = {
  readonly at: At;
  /** The port of the gateway, 1-65535. */
  readonly listen: number;
  /** Where connections go: `forward` is its only feature, and leads to one backend. */
  readonly route: Route;
};

/** The name of the route behind a listener, and of the server of a Gateway. No host has such a name. */
export function listenerName(listen: number): string {
  return `tcp-${listen}`;
}

/** A listener in the place of a host, where the two are held and told alike: any name, at this port of the gateway. */
export function listenerKey(listen: number): string {
  return `:${listen}`;
}

/** The port of a listener that stands in the place of a host; undefined: it is a host. */
export function listenedPort(host: string): number | undefined {
  return host.startsWith(':') ? Number(host.slice(1)) : undefined;
}

/** The one backend that a listener's connections go to, as a split. */
export function listenerSplit({ route }: TcpListener): readonly WeightedBackend[] {
  return route.features.forward?.value ?? [];
}
