/** Echo servers outside the mesh, and how often servers were asked. */
import { createClient } from './client.ts';
import type { Client, Site } from './client.ts';
import type { EchoPort } from './wire.ts';

/** A server outside the mesh, at an address that proxies are told by `hosts` of their pod or gateway. */
export type ServerOptions = {
  readonly name: string;
  /** One of 203.0.113.128/25: below are the clients. */
  readonly address: string;
  readonly ports: readonly EchoPort[];
};

/** An echo server that no Service leads to. Its namespace, as it tells, is `outside`. */
export type Server = Client & {
  readonly podNamespace: 'outside';
  /** How many requests with that key it has seen. */
  readonly count: (key: string) => Promise<number>;
};

/** Starts a server outside the mesh. */
export async function startServer(site: Site, { name, address, ports }: ServerOptions): Promise<Server> {
  const { namespace, ...client } = await createClient(site, `server-${name}`, address);
  const podNamespace = 'outside';
  await namespace.ask({ ask: 'serve', identity: { pod: name, namespace: podNamespace, version: '', node: '' }, ports });
  const count: Server['count'] = async (key) => (await namespace.ask({ ask: 'count', key })) as number;
  return { ...client, namespace, name, podNamespace, count };
}

type Counting = { readonly name: string; readonly podNamespace: string; readonly count: Server['count'] };

/** How many requests with that key each of these has seen, by `namespace/name`. */
export async function countsOf(all: readonly Counting[], key: string): Promise<ReadonlyMap<string, number>> {
  return new Map(
    await Promise.all(all.map(async (one) => [`${one.podNamespace}/${one.name}`, await one.count(key)] as const)),
  );
}
