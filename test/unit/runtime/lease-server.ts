/** One Lease on an API server in memory, behind a network that can be slow, lossy or refuse. */
import { ApiError } from '../../../src/runtime/api-error.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import type { LeaseLockOptions } from '../../../src/runtime/lease-lock.ts';
import type { KubeObject } from '../../../src/runtime/resource.ts';
import type { Written } from '../../../src/runtime/resource-client.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';

/** What happens to one request; all of it by the clock of the world, not of the process that asks. */
export type Fate = {
  /** Until the server sees it; Infinity: never. Default 0. */
  readonly arriveMs?: number;
  /** From there until the answer is back; Infinity: never. Default 0. */
  readonly answerMs?: number;
  /** The connection breaks after the server has done it. */
  readonly reset?: boolean;
  /** The server refuses with this. */
  readonly refusal?: ApiError;
};

export type LeaseVerb = 'get' | 'create' | 'update';

/** The client of one process; `receive` runs what its event loop gets to hear. */
export type LeaseClientOptions = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly fate: (verb: LeaseVerb) => Fate;
  readonly receive: (what: () => void) => void;
};

export class LeaseServer {
  /** What is stored. */
  lease: KubeObject | undefined;
  /** Every request that arrived, in order, with the answer's status. */
  readonly log: string[] = [];
  readonly #world: Clock;
  #version = 100;

  constructor(world: Clock) {
    this.#world = world;
  }

  /** Stores as somebody with all rights would. */
  store(lease: Manifest | undefined): void {
    this.lease =
      lease === undefined
        ? undefined
        : { ...lease, metadata: { ...lease.metadata, uid: 'lease-uid', resourceVersion: String(++this.#version) } };
  }

  client(options: LeaseClientOptions): LeaseLockOptions['leases'] {
    const ask = (verb: LeaseVerb, body?: Manifest): Promise<KubeObject> => this.#exchange(options, verb, body);
    const written = async (verb: LeaseVerb, body: Manifest): Promise<Written> => ({
      object: await ask(verb, body),
      created: verb === 'create',
      warnings: [],
    });
    return {
      get: () => ask('get'),
      create: (object) => written('create', object),
      update: (object) => written('update', object),
    };
  }

  #exchange(options: LeaseClientOptions, verb: LeaseVerb, body: Manifest | undefined): Promise<KubeObject> {
    const { arriveMs = 0, answerMs = 0, reset = false, refusal } = options.fate(verb);
    const outcomeUnknown = verb !== 'get';
    return new Promise((resolve, reject) => {
      const cancel = options.clock.setTimer(options.timeoutMs, () =>
        reject(new ApiError({ reason: 'Timeout', message: 'no answer', outcomeUnknown })),
      );
      const answer = (deliver: () => void): void => {
        if (answerMs === Number.POSITIVE_INFINITY) return;
        this.#world.setTimer(answerMs, () =>
          options.receive(() => {
            cancel();
            deliver();
          }),
        );
      };
      const arrive = (): void => {
        try {
          if (refusal !== undefined) throw refusal;
          const stored = this.#serve(verb, body);
          this.log.push(`${verb} ok`);
          if (reset) throw new ApiError({ reason: 'ConnectionFailed', message: 'reset', outcomeUnknown });
          answer(() => resolve(stored));
        } catch (error) {
          if (error instanceof ApiError && error.status > 0) this.log.push(`${verb} ${error.status}`);
          answer(() => reject(error));
        }
      };
      if (arriveMs !== Number.POSITIVE_INFINITY) this.#world.setTimer(arriveMs, arrive);
    });
  }

  #serve(verb: LeaseVerb, body: Manifest | undefined): KubeObject {
    const { lease } = this;
    if (verb === 'create') {
      if (lease !== undefined) throw refused(409, 'AlreadyExists');
    } else if (lease === undefined) {
      throw refused(404, 'NotFound');
    } else if (verb === 'get') {
      return lease;
    } else if (body?.metadata.resourceVersion !== lease.metadata.resourceVersion) {
      throw refused(409, 'Conflict');
    }
    this.store(body);
    if (this.lease === undefined) throw new Error('a write without a body');
    return this.lease;
  }
}

/** A refusal that names the Lease, as kube-apiserver words it. */
export function refused(status: number, reason: string): ApiError {
  return new ApiError({ status, reason, message: reason, objectName: 'controller' });
}
