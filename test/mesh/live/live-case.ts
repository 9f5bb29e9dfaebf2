/** Live cases: what the real mesh must show of a field. Plain data, so that the table of all of them needs no mesh. */
import type { ClientCertificate } from '../../../src/decide/request.ts';
import type { HeaderLine } from '../../testbed/mesh/wire.ts';
import type { Stage } from './stage.ts';

/** An AppTraffic of a case. */
export type LiveApp = {
  readonly name: string;
  /** Default `team`. */
  readonly namespace?: string;
  readonly spec: object;
};

/** One case: a test title, the fields that it proves, and what it does. */
export type LiveCase = {
  readonly title: string;
  /**
   * Fields below `spec`, as the field reference writes them (`external.routes[].match.prefix`), and values of a field
   * that has a list of them (`service.type=Headless`). The case fails when one of them is rendered wrongly.
   */
  readonly proves: readonly string[];
  /** Served before any case of the same file runs, unless `isRefused`. Hosts, names and pods are this case's own. */
  readonly apps?: readonly LiveApp[];
  /** Apps that are never Ready: they lose a host or a route. Applied after those of all cases are. */
  readonly refused?: readonly LiveApp[];
  readonly run: (stage: Stage) => Promise<void>;
};

/** What a request gets, written by hand. */
export type Expected =
  | {
      /** Pods that may answer, by name; every one of them does when the request is sent often enough. */
      readonly pods: string | readonly string[];
      /** Backends with a weight above 0, by name; default `app`. */
      readonly backends?: string | readonly string[];
      /** The route that takes it, `namespace/app/route`; absent: the plain Service. */
      readonly route?: string;
      /** The path at the pod, without the query; default that of the request. */
      readonly path?: string;
      /** The container port; default 8080. */
      readonly port?: number;
      /** Whether the provider does not tell the pod which route it was. */
      readonly isUnmarked?: true;
    }
  | {
      readonly status: number;
      readonly location?: string;
      readonly route?: string;
      /** What a route answers by itself; absent: it has no body of its own. */
      readonly body?: string;
    }
  /** No answer: the connection is refused or reset. */
  | 'nothing';

/** A token, signed as one of an issuer of the stage. */
export type LiveToken = {
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly isForged?: true;
};

/** One request and what it gets. */
export type Ask = {
  /** `METHOD URL`, e.g. `GET http://shop.example.com/cart?id=1`; the host may be a Service, `http://shop.team/`. */
  readonly request: string;
  readonly headers?: readonly HeaderLine[];
  /** The highest version of TLS that the client speaks; default the newest. */
  readonly tlsVersion?: '1.2' | '1.3';
  /** What the client shows where the gateway asks for a certificate; default none. */
  readonly clientCertificate?: ClientCertificate;
  /** How many bytes the body has; default: there is none. */
  readonly bodyBytes?: number;
  /** A client outside the mesh that sends it, by name; default the one at 203.0.113.1. */
  readonly client?: string;
  /** The gateway it is sent to, by name; default the first. */
  readonly gateway?: string;
  /** What the header authorization tells behind Bearer; `isForged`: a key signed it that the issuer does not publish. */
  readonly token?: LiveToken;
  /** Whether its length is not told before it ends. */
  readonly isChunked?: true;
  /** A pod that sends it, by name; default a client outside the mesh. */
  readonly from?: string;
  /** Where it is sent: `POD:PORT`, past any Service; default the gateway, or from a pod with a sidecar the Service. */
  readonly at?: string;
  readonly gets: Expected;
};

/** A TCP connection and what it gets; what is said over it comes back behind the name of the pod. */
export type Talk = {
  /** `HOST:PORT`; the host may be a Service, `talk.team:5432`. */
  readonly to: string;
  /** A pod that connects to the Service, by name; default a client outside the mesh, which connects to that port of the gateway. */
  readonly from?: string;
  /**
   * Pods that may answer, and the backend that they are; default `app`. `refused`: nobody listens. `closed`: the connection
   * is taken, and ends before anything that was said comes back: pods judge a caller at his first byte, so that he may hear
   * a server that speaks first.
   */
  readonly gets: { readonly pods: readonly string[]; readonly backend?: string } | 'refused' | 'closed';
};
