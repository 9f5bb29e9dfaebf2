/** Which kinds the API server serves, kept current by polling. */
import type { Resource } from './resource.ts';

/** What the server serves. */
export type Discovery = {
  /** Whether the server serves the resource; undefined before the first answer. */
  serves(resource: Resource): boolean | undefined;
  /** Asks now (calls under way are shared); rejects with ApiError. */
  refresh(): Promise<void>;
  /** Resolves when the resource is served, or `signal` aborts. */
  whenServed(resource: Resource, signal: AbortSignal): Promise<void>;
  /** Called after the set of served kinds changed; the result ends it. */
  onChange(callback: () => void): () => void;
  /** Polls until `signal` aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
};
