/** Listeners of worlds: ports of the gateway, which all worlds share, so each has two of its own. */
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { tcpPort } from './app-features.ts';
import type { World } from './world.ts';

/** Below the ports that proxies of the mesh and the kernel take for themselves. */
const lowest = 20_000;
const mostWorlds = 6_000;

/** The ports that a world's apps may listen on. */
function portsOf({ name }: World): readonly [number, number] {
  const first = lowest + 2 * (Number(/\d+$/.exec(name)?.[0] ?? 0) % mostWorlds);
  return [first, first + 1];
}

/**
 * The world, in which every app with a Gateway of its own and a TCP port listens: on the first port to all of its pods,
 * on the second to a backend that depends on the number of the world. A second such app wants the same ports. Nothing is
 * drawn: what else is in the world stays as it is.
 */
export function withListeners(world: World): World {
  const ports = portsOf(world);
  const apps = world.apps.map((app) => (mayListen(app) ? listening(app, ports) : app));
  const count = apps.filter(({ spec }) => spec.external?.tcp !== undefined).length;
  if (count === 0) return world;
  return {
    ...world,
    apps,
    grants: { ...world.grants, tcpPorts: ports },
    mayHave: count === 1 ? world.mayHave : [...world.mayHave, 'AT0307'],
  };
}

/** Beside a certificate of its own or ranges of addresses an app may not listen, and a named Gateway listens on what its owner says. */
function mayListen({ spec: { ports = [], external } }: AppTraffic): boolean {
  if (external === undefined || external.gateway !== undefined || external.tls !== undefined) return false;
  if (external.allowCIDRs !== undefined || external.denyCIDRs !== undefined) return false;
  return ports.some(({ name }) => name === tcpPort);
}

function listening(app: AppTraffic, [first, second]: readonly [number, number]): AppTraffic {
  const { spec } = app;
  if (spec.external === undefined) return app;
  // What leads to servers elsewhere are requests.
  const names = Object.entries(spec.backends ?? {}).flatMap(([name, { host }]) => (host === undefined ? [name] : []));
  const to = names[(second >> 1) % Math.max(1, names.length)];
  const tcp = [{ listen: first, port: tcpPort }, ...(to === undefined ? [] : [{ listen: second, port: tcpPort, to }])];
  return { ...app, spec: { ...spec, external: { ...spec.external, tcp } } };
}
