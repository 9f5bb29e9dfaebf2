/** What the test process and a process inside a network namespace say to each other: one JSON object per line, each way. */

/** A header as it stands on the wire; names keep their case, repeats stay apart, order stays. */
export type HeaderLine = readonly [name: string, value: string];

/** How to speak TLS before HTTP. */
export type ClientTls = {
  /** Server name indication; absent: none is sent. */
  readonly sni?: string;
  /** PEM; given: the server's certificate must be signed by it and name `sni`. Absent: any certificate will do. */
  readonly ca?: string;
  /** The highest version that the client speaks; absent: the newest. */
  readonly maxVersion?: '1.2' | '1.3';
  /** The client's own certificate and key, PEM. */
  readonly certificate?: string;
  readonly key?: string;
  /** A server name that another connection asks for first, without a certificate; its session is offered on this one. */
  readonly after?: string;
};

/** One HTTP/1.1 request, sent byte for byte as given on a connection of its own. */
export type WireRequest = {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly tls?: ClientTls;
  /** The request line and the header lines up to the empty line, without the final empty line; latin1. */
  readonly head: string;
  readonly body?: string;
  /** For an answer to a HEAD request, which has no body whatever its headers say. */
  readonly isHead: boolean;
  readonly withinMs: number;
};

/** An answer. */
export type WireResponse = {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  /** The server's certificate, where TLS was spoken. */
  readonly certificate?: { readonly subject: string; readonly names: string };
};

/** No whole answer came: Node's error code (`ECONNRESET`, `ECONNREFUSED`, …), `CLOSED` before the answer's end, or `TIMEOUT`. */
export type WireFailure = { readonly connectionError: string; readonly during: 'connect' | 'tls' | 'response' };

/** What comes of a request. */
export type WireResult = WireResponse | WireFailure;

/** One gRPC call with one message, over HTTP/2 on a connection of its own. */
export type GrpcCall = {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  /** By default HTTP/2 in plain text, without asking first. */
  readonly tls?: Omit<ClientTls, 'maxVersion' | 'after'>;
  readonly authority: string;
  /** `/SERVICE/METHOD`. */
  readonly path: string;
  /** Beside those that make it a call. */
  readonly headers: readonly HeaderLine[];
  readonly message: string;
  readonly withinMs: number;
};

/** What a call gets: the answer with its messages (one text where it is no gRPC answer) and trailers, or Node's error code. */
export type GrpcResult =
  | {
      readonly status: number;
      readonly headers: readonly HeaderLine[];
      readonly messages: readonly string[];
      readonly trailers: readonly HeaderLine[];
      readonly connectionError?: never;
    }
  | { readonly connectionError: string };

/** A websocket on a connection of its own: opened, left alone for a time, then asked for an echo of one message. */
export type WebsocketCall = Pick<WireRequest, 'address' | 'port' | 'head' | 'withinMs'> & {
  readonly message: string;
  /** How long nothing is sent once it is open. */
  readonly silentMs: number;
};

/** What came of it. */
export type WebsocketResult = {
  /** 101: it was opened. */
  readonly status?: number;
  readonly headers?: readonly HeaderLine[];
  /** Of an answer other than 101. */
  readonly body?: string;
  /** What the server sent: the handshake as it saw it, then the message. */
  readonly messages?: readonly string[];
  /** Node's error code, `CLOSED` before the echo came, or `TIMEOUT`. */
  readonly connectionError?: string;
};

/** A text that is sent over a TCP connection of its own, and the end of what is waited for. */
export type WireTalk = {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly send: string;
  readonly until: string;
  readonly withinMs: number;
};

/** What came back, and how it ended: `ANSWERED`, `CLOSED` by the other side before that, Node's error code, or `TIMEOUT`. */
export type TalkResult = {
  readonly received: string;
  readonly ended: string;
  readonly during: 'connect' | 'talk';
};

/** A port on which an echo server listens. */
export type EchoPort = {
  readonly port: number;
  /** Default http, which is HTTP/1.1 and opens websockets; https is the same over TLS; http2 is HTTP/2 without TLS, and answers gRPC calls; tcp sends `POD\n`, then back what it gets. */
  readonly protocol?: 'http' | 'https' | 'http2' | 'tcp';
  /** What https answers with; PEM. */
  readonly credential?: { readonly certificate: string; readonly key: string };
  /** Answers every request with this JSON, in the place of an echo. */
  readonly document?: string;
  /** Answers 200 to requests that have this header, else 403, as one that is asked whether a request may come in. */
  readonly asksFor?: string;
};

/** What an echo server says about itself. */
export type EchoIdentity = {
  readonly pod: string;
  readonly namespace: string;
  /** The pod's label `version`, or ''. */
  readonly version: string;
  /** Name of the pod's Node, or ''. */
  readonly node: string;
};

/** What a namespace process can be asked. */
export type Question =
  | { readonly ask: 'request'; readonly request: WireRequest }
  | { readonly ask: 'grpc'; readonly call: GrpcCall }
  | { readonly ask: 'websocket'; readonly call: WebsocketCall }
  | { readonly ask: 'talk'; readonly talk: WireTalk }
  | { readonly ask: 'serve'; readonly identity: EchoIdentity; readonly ports: readonly EchoPort[] }
  | { readonly ask: 'count'; readonly key: string }
  | { readonly ask: 'connections' }
  | { readonly ask: 'relay'; readonly port: number; readonly socket: string }
  | { readonly ask: 'entrance'; readonly socket: string; readonly address: string; readonly port: number };

/** A question on its way in. */
export type Call = { readonly id: number; readonly question: Question };

/** An answer on its way out; id 0 says that the process is up. */
export type Reply = { readonly id: number; readonly value?: unknown; readonly error?: string };
