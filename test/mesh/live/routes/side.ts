/** The two sides from which routes are asked: outside through the gateway, and inside through the caller's sidecar. */
import type { Ask, Expected, LiveApp } from '../live-case.ts';

/** One side; its cases have pods of their own. */
export type Side = {
  readonly side: 'external' | 'internal';
  /** A pod of backend stable, one of backend canary, and both. */
  readonly stable: string;
  readonly canary: string;
  readonly both: readonly string[];
  /** An app with these routes over both pods. */
  readonly app: (name: string, routes: readonly object[], more?: object) => LiveApp;
  /** An app over pods without sidecars, of which those of backend `one` listen, with an HTTP/2 port beside. */
  readonly bareApp: (name: string, routes: readonly object[]) => LiveApp;
  /** Scheme and authority by which the app is asked. */
  readonly base: (app: string) => string;
  /** A request to the app. */
  readonly ask: (app: string, methodAndPath: string, headers?: Ask['headers']) => Omit<Ask, 'gets'>;
  /** What a route of the app sends to a backend. */
  readonly to: (app: string, route: string, backend?: 'stable' | 'canary' | 'app', path?: string) => Expected;
};

const backends = { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } };
const barePorts = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http2', port: 90, targetPort: 9090 },
];

type Kind = {
  readonly pods: readonly [stable: string, canary: string];
  readonly base: Side['base'];
  readonly from?: string;
  readonly part: (name: string, routes: readonly object[]) => object;
  readonly selector: (name: string) => object;
};

function sideOf(side: Side['side'], { pods, base, from, part, selector }: Kind): Side {
  const [stable, canary] = pods;
  return {
    side,
    stable,
    canary,
    both: pods,
    base,
    app: (name, routes, more = {}) => ({
      name,
      spec: { port: 8080, app: { selector: selector(name) }, backends, ...part(name, routes), ...more },
    }),
    bareApp: (name, routes) => ({
      name,
      spec: {
        ports: barePorts,
        app: { selector: { app: 'bare' } },
        backends: { one: { labels: { listens: 'true' } } },
        ...part(name, routes),
      },
    }),
    ask: (app, methodAndPath, headers = []) => {
      const [method = '', path = ''] = methodAndPath.split(' ');
      return { request: `${method} ${base(app)}${path}`, headers, ...(from === undefined ? {} : { from }) };
    },
    to: (app, route, backend = 'app', path) => ({
      pods: { stable, canary, app: pods }[backend],
      backends: backend,
      route: `team/${app}/${route}`,
      ...(path === undefined ? {} : { path }),
    }),
  };
}

/** From outside; the app's host is its name below example.com. All apps share their pods. */
export const outside = sideOf('external', {
  pods: ['shop-v1', 'shop-v2'],
  base: (app) => `http://${app}.example.com`,
  part: (name, routes) => ({ external: { hosts: [`${name}.example.com`], routes } }),
  selector: () => ({ app: 'shop' }),
});

/** From a pod with a sidecar. Apps with `internal` may not have the same selector, so each selects by a label of its own. */
export const inside = sideOf('internal', {
  pods: ['reviews-v1', 'reviews-v2'],
  base: (app) => `http://${app}.team`,
  from: 'checkout',
  part: (_, routes) => ({ internal: { routes } }),
  selector: (name) => ({ [`in-${name}`]: 'yes' }),
});
