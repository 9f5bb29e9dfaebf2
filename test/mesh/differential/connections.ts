/** TCP connections of a world: to ports of the gateway, and from inside the mesh to ports that do not speak http. */
import { decideConnection } from '../../../src/decide/connection.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { Caller } from '../../../src/decide/request.ts';
import { endsTls, isHttp } from '../../../src/model/port.ts';
import type { Port } from '../../../src/model/port.ts';
import type { AppRef, Traffic } from '../../../src/model/traffic.ts';
import { podsBehind } from './expected.ts';
import { meshCallers } from './ground.ts';
import { callingIn } from './requests.ts';
import type { Prepared } from './world.ts';

/** One connection, who opens it and where to. */
export type Connection = {
  /** `HOST:PORT`. */
  readonly authority: string;
  readonly caller: Caller;
  /** `gateway`: from outside. Else the Service that is called from inside the mesh. */
  readonly to: 'gateway' | { readonly app: AppRef; readonly service: string; readonly port: number };
};

/** Whether it is a connection, and no request. */
export function isConnection(ask: object): ask is Connection {
  return 'authority' in ask;
}

/** What came of a connection: the pod that answered as `namespace/name:port`, or how it ended: `refused`, or taken and then `closed`. */
export type Ending = string;

/** Every connection of a world: each port that its apps may listen on, and each caller at each port of a Service on which anything is said in the clear. */
export function connectionsOf({ asked, world }: Pick<Prepared, 'asked' | 'world'>): readonly Connection[] {
  if (world.connections !== undefined) return world.connections;
  const outside = (world.grants.tcpPorts ?? []).map((port): Connection => ({
    authority: `${hostIn(asked)}:${port}`,
    caller: undefined,
    to: 'gateway',
  }));
  const inside = asked.flatMap(({ app, service, ports }) =>
    ports
      .filter((port) => !isHttp(port) && !endsTls(port) && service.type === 'ClusterIP')
      .flatMap(({ port }) =>
        [...meshCallers, ...callingIn(asked)].map((caller): Connection => ({
          authority: `${service.name}.${app.namespace}:${port}`,
          caller,
          to: { app, service: service.name, port },
        })),
      ),
  );
  return [...outside, ...inside];
}

/** A host of the world that leads to the gateway. */
function hostIn(asked: readonly Traffic[]): string {
  const hosts = asked.flatMap(({ external }) => external?.hosts.map(({ value }) => value) ?? []);
  return hosts.find((host) => !host.startsWith('*')) ?? 'nobody.test';
}

/** What `decide` says of it. */
export function decisionOn({ authority, caller }: Connection, { served }: Pick<Prepared, 'served'>): Decision {
  return decideConnection({ ...served, authority, caller });
}

/** How it may end, by the decision; several pods: one of them answers. */
export function endingsOf(decision: Decision, connection: Connection, prepared: Prepared): readonly Ending[] {
  if (decision.outcome === 'notFound') return ['refused'];
  if (decision.outcome !== 'route') return ['closed'];
  const { app } = decision;
  const own = prepared.asked.find((one) => one.app.namespace === app?.namespace && one.app.name === app.name);
  const port = own === undefined ? undefined : portOf(own, decision, connection);
  if (own === undefined || port === undefined) throw new Error(`nobody listens at ${connection.authority}`);
  const pods = (decision.forwarded?.backends ?? []).flatMap(({ name }) =>
    podsBehind(name, own, { targetPort: port.targetPort, prepared }),
  );
  // A proxy took the connection before it knew that nobody is there.
  return pods.length === 0 ? ['closed'] : pods;
}

function portOf({ external, ports }: Traffic, { route }: Decision, { to }: Connection): Port | undefined {
  if (to !== 'gateway') return ports.find(({ port }) => port === to.port);
  return external?.tcp.find((listener) => listener.route.name === route)?.route.port;
}
