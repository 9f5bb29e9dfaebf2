/** Regression cases: what once was decided wrongly or rendered wrongly, as worlds with requests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { ClientCertificate } from '../../../src/decide/request.ts';
import { appOf } from './app-features.ts';
import { isConnection } from './connections.ts';
import type { Connection } from './connections.ts';
import { issuer } from './entries.ts';
import type { Pair } from './requests.ts';
import type { Grants, World } from './world.ts';

/** One request or connection of a case and what it gets, in the words of {@link gets}. */
export type Ask = {
  /** `METHOD URL`; the URL is taken as it is. Absent: a connection. */
  readonly request?: string;
  /** `HOST:PORT` of a TCP connection. */
  readonly connect?: string;
  /** `name: value`. */
  readonly headers?: readonly string[];
  /** The highest version of TLS that the client speaks. */
  readonly tlsVersion?: '1.2' | '1.3';
  /** What the client shows where it is asked; default none. */
  readonly clientCertificate?: ClientCertificate;
  readonly bodyBytes?: number;
  /** Which of the clients outside sends it. */
  readonly clientIp?: string;
  /** Claims of a token of the ground's issuer, which is shown. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What is said of the token in the headers. */
  readonly token?: 'none' | 'invalid';
  /** `namespace/serviceAccount`. */
  readonly from?: string;
  /** `namespace/app:port`: the Service that is called from inside the mesh. */
  readonly to?: string;
  readonly gets: string;
};

type Written = {
  readonly title: string;
  readonly apps: readonly Pick<AppTraffic, 'metadata' | 'spec'>[];
  readonly grants?: Grants;
  /** Codes of problems that it is about. */
  readonly mayHave?: World['mayHave'];
  readonly asks: readonly Ask[];
};

/** A case: its world and its requests. */
export type Regression = { readonly title: string; readonly world: World; readonly asks: readonly Ask[] };

/** Every case, by the name of its file. */
export function regressions(): readonly Regression[] {
  return casesIn('regressions');
}

/** Cases that are not sent: the client of this test cannot, or no mesh serves them; others send the like where it can be done. */
export function decidedOnly(): readonly Regression[] {
  return casesIn('decided-only');
}

function casesIn(name: string): readonly Regression[] {
  const folder = join(import.meta.dirname, name);
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const {
        title,
        apps,
        grants = {},
        mayHave = [],
        asks,
      } = parse(readFileSync(join(folder, file), 'utf8')) as Written;
      const name = file.replace(/\.yaml$/, '');
      const all = apps.map(({ metadata, spec }) =>
        appOf({ name: metadata.name, namespace: metadata.namespace ?? '' }, spec),
      );
      const world: World = { name, layout: 'regression', apps: all, grants, mayHave };
      const read = asks.map((ask) => askOf(ask, world));
      return {
        title,
        asks,
        world: {
          ...world,
          pairs: read.flatMap((ask) => (isConnection(ask) ? [] : [ask])),
          connections: read.filter(isConnection),
        },
      };
    });
}

/** The pair or the connection that an ask is. */
export function askOf(ask: Ask, { apps }: World): Pair | Connection {
  const { from, to, connect } = ask;
  const [namespace = '', serviceAccount = ''] = from?.split('/') ?? [];
  const caller = from === undefined ? undefined : { namespace, serviceAccount };
  const at = to === undefined ? 'gateway' : serviceOf(to, apps);
  return connect === undefined ? { request: requestOf(ask), caller, to: at } : { authority: connect, caller, to: at };
}

/** Odder hosts than a URL may have are among the requests, so it is taken apart here. */
function requestOf({ request = '', headers = [], claims, token, ...more }: Ask): Pair['request'] {
  const parts = /^(?<method>\S+) (?<scheme>https?):\/\/(?<authority>[^/?]*)(?<path>\/[^?]*)(?<query>\?.*)?$/.exec(
    request,
  );
  const { method = '', scheme, authority = '', path = '', query = '' } = parts?.groups ?? {};
  if (scheme !== 'http' && scheme !== 'https') throw new Error(`not a request: ${request}`);
  const shown = claims === undefined ? [] : [{ name: 'authorization', value: `Bearer ${issuer.sign(claims)}` }];
  const lines = [...headers.map(headerOf), ...shown];
  return { method, scheme, ...saidOf(more), ...tokenOf(claims, token), authority, path, query, headers: lines };
}

function tokenOf(claims: Ask['claims'], token: Ask['token']): Pick<Pair['request'], 'token'> {
  if (claims !== undefined) return { token: { is: 'valid', claims: { iss: issuer.name, ...claims } } };
  return token === undefined ? {} : { token: { is: token } };
}

type Said = 'tlsVersion' | 'clientCertificate' | 'bodyBytes' | 'clientIp';

function saidOf({ tlsVersion, clientCertificate, bodyBytes, clientIp }: Pick<Ask, Said>): Pick<Pair['request'], Said> {
  return {
    ...(tlsVersion === undefined ? {} : { tlsVersion }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
    ...(clientIp === undefined ? {} : { clientIp }),
  };
}

function headerOf(line: string): Pair['request']['headers'][number] {
  const colon = line.indexOf(':');
  return { name: line.slice(0, colon), value: line.slice(colon + 2) };
}

function serviceOf(to: string, apps: readonly AppTraffic[]): Exclude<Connection['to'], string> {
  const [namespace = '', name = '', port = ''] = to.split(/[/:]/);
  const found = apps.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  return { app: { namespace, name }, service: found?.spec.service?.name ?? name, port: Number(port) };
}

/**
 * A decision in one line: `308 LOCATION`, a status, `no answer`, or `app/route -> canary 10, stable 90 at /v1`, without a
 * path where it is about a connection.
 */
export function gets({ app, status, route, location, forwarded }: Decision): string {
  if (location !== undefined) return `${status} ${location}`;
  if (forwarded === undefined) return status === undefined ? 'no answer' : `${status}`;
  const shares = forwarded.backends.map(({ name, weight }) => (weight === 100 ? name : `${name} ${weight}`)).join(', ');
  return `${app?.name}/${route ?? 'Service'} -> ${shares}${forwarded.path === undefined ? '' : ` at ${forwarded.path}`}`;
}
