/** Reads and writes objects of one resource; one call is one request. */
import type { Manifest } from '../kube/manifest.ts';
import type { Lane } from './transport.ts';
import type { KubeObject, ObjectName, Resource } from './resource.ts';
import type { WatchEvent } from './watch-event.ts';

/** Which objects of a resource a list or watch covers; without `namespace` all namespaces. */
export type Selection = {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

/** One page of a list; `resourceVersion` is the list's and the same on every page. */
export type ListPage = { readonly items: readonly KubeObject[]; readonly resourceVersion: string };

/** Where a watch starts: after a resourceVersion, or with all objects that exist (streamed list). */
export type WatchStart = { readonly resourceVersion: string } | { readonly initialEvents: true };

/** How a watch is opened. */
export type WatchOptions = Selection & {
  readonly start: WatchStart;
  /** When the server ends the watch by itself. */
  readonly timeoutSeconds: number;
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
};

/** An operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What a write led to: the object as stored, whether this request created it, and the server's warnings. */
export type Written = { readonly object: KubeObject; readonly created: boolean; readonly warnings: readonly string[] };

/** How to apply: `force` takes fields from other managers; without it they answer 409. */
export type ApplyOptions = { readonly force: boolean; readonly dryRun?: boolean; readonly signal?: AbortSignal };

/** The object must still be this one. */
export type Preconditions = { readonly uid?: string; readonly resourceVersion?: string };

/** The reading half; every method rejects with ApiError. */
export type ResourceReader = {
  readonly resource: Resource;
  get(name: ObjectName): Promise<KubeObject>;
  /** Pages of at most 500 items, consistent with each other; `metadataOnly` leaves out spec and status. */
  list(
    selection: Selection,
    options?: { readonly metadataOnly?: boolean; readonly signal?: AbortSignal },
  ): AsyncIterable<ListPage>;
  /** Resolves when the server has accepted; each step holds the events that arrived together. */
  watch(options: WatchOptions): Promise<AsyncIterable<readonly WatchEvent[]>>;
};

/** The writing half; each method passes the fence first and rejects with ApiError. */
export type ResourceWriter = {
  /** Server-side apply under the client's field manager; metadata.uid and resourceVersion in the body are preconditions. */
  apply(object: Manifest, options: ApplyOptions): Promise<Written>;
  /** The same for the status subresource. */
  applyStatus(object: Manifest, options: ApplyOptions): Promise<Written>;
  create(object: Manifest): Promise<Written>;
  /** PUT; metadata.resourceVersion in the body is the precondition. */
  update(object: Manifest): Promise<Written>;
  jsonPatch(name: ObjectName, operations: readonly JsonPatchOperation[]): Promise<Written>;
  /** Resolves when the server accepted the deletion; the object may live on until its finalizers are gone. */
  delete(name: ObjectName, preconditions: Preconditions): Promise<void>;
};

/** Reads and writes one resource. */
export type ResourceClient = ResourceReader & ResourceWriter;

/** Lets a write start or throws an ApiError with reason Fenced. */
export type WriteGate = () => void;

/** How a client behaves. */
export type ResourceClientOptions = {
  /** The field manager of server-side apply. */
  readonly fieldManager: string;
  readonly fence?: WriteGate;
  /** Default 30 s. */
  readonly readTimeoutMs?: number;
  /** Default 5 s: at most lease duration minus renew deadline, see fence.ts. */
  readonly writeTimeoutMs?: number;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly lane?: Lane;
};
