/** What is decided about: a request as it arrives, and who sends it. */
import type { Identity } from '../model/identity.ts';
import type { TlsVersion } from '../model/traffic.ts';

/** A client's certificate: of an authority that the app trusts, or not. */
export type ClientCertificate = 'Trusted' | 'Other';

/** One header line. */
export type Header = { readonly name: string; readonly value: string };

/** A token that a client shows: none, one that does not hold, or the claims of one that does. */
export type Token =
  { readonly is: 'none' | 'invalid' } | { readonly is: 'valid'; readonly claims: Readonly<Record<string, unknown>> };

/** A request as a client sends it; nothing in it is normalized. */
export type HttpRequest = {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The highest version of TLS that the client speaks with https; absent: the newest. */
  readonly tlsVersion?: TlsVersion;
  /** What the client shows with https where it is asked: a certificate of the app's `clientCA`, or another one; absent: none. */
  readonly clientCertificate?: ClientCertificate;
  /** The Host header or `:authority`: a host, with or without a port. */
  readonly authority: string;
  /** The path, beginning with `/`, without the query. */
  readonly path: string;
  /** The query with its `?`; empty without one. */
  readonly query: string;
  /** In order; a name may come several times. */
  readonly headers: readonly Header[];
  /** How many bytes the body has, however they are framed; absent: there is none. */
  readonly bodyBytes?: number;
  /** The address that connects to the gateway; absent: it is not known. */
  readonly clientIp?: string;
  /** Absent: nobody vouches for what the header authorization shows. */
  readonly token?: Token;
};

/** Who sends the request: a workload in the mesh; undefined: anybody else, without an identity. */
export type Caller = Identity | undefined;
