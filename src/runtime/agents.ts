/** The sockets to the API server: HTTP/1.1 keep-alive pools, renewed when the credentials below TLS change. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Credentials } from './cluster-config.ts';
import type { Lane } from './transport.ts';

/** How many sockets a lane may open; a watch has one of its own, whatever their number. */
const socketsOf: Readonly<Record<Lane | 'watch', number>> = { unary: 8, lease: 1, watch: Number.POSITIVE_INFINITY };

/** kube-apiserver closes idle connections after 90 s (net/http IdleTimeout); closing first avoids writing into a closed one. */
const idleSocketMs = 60_000;

type Agents = Readonly<Record<Lane | 'watch', HttpAgent>>;

/** Agents for one set of TLS material at a time. */
export class AgentPool {
  readonly #tls: boolean;
  #credentials: Credentials | undefined;
  #agents: Agents | undefined;

  constructor(server: URL) {
    this.#tls = server.protocol === 'https:';
  }

  /** The agent of a lane for these credentials; sockets under older TLS material finish what they carry and close. */
  agent(lane: Lane | 'watch', credentials: Credentials): HttpAgent {
    if (this.#agents === undefined || !sameTls(this.#credentials, credentials)) {
      const retired = this.#agents;
      this.#agents = {
        unary: this.#open('unary', credentials),
        lease: this.#open('lease', credentials),
        watch: this.#open('watch', credentials),
      };
      this.#credentials = credentials;
      if (retired !== undefined) closeIdle(retired);
    }
    return this.#agents[lane];
  }

  /** Ends all sockets. */
  close(): void {
    for (const agent of Object.values(this.#agents ?? {})) agent.destroy();
    this.#agents = undefined;
  }

  #open(lane: Lane | 'watch', credentials: Credentials): HttpAgent {
    const options = {
      keepAlive: lane !== 'watch',
      maxSockets: socketsOf[lane],
      scheduling: 'lifo',
      timeout: idleSocketMs,
    } as const;
    if (!this.#tls) return new HttpAgent(options);
    const { ca, cert, key, passphrase, servername } = credentials;
    return new HttpsAgent({
      ...options,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: credentials.verifyServer,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(servername === undefined ? {} : { servername }),
    });
  }
}

/** Free sockets close at once; busy ones close when their answer is complete, because their agent keeps none. */
function closeIdle(agents: Agents): void {
  for (const agent of Object.values(agents)) {
    agent.maxFreeSockets = 0;
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

const tlsFields = ['ca', 'cert', 'key', 'passphrase', 'servername', 'verifyServer'] as const;

function sameTls(a: Credentials | undefined, b: Credentials): boolean {
  return a !== undefined && (a === b || tlsFields.every((field) => String(a[field]) === String(b[field])));
}
