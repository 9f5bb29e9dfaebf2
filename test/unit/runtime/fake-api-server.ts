/** An API server in memory, below the transport: enough of lists, watches, applies and leases to break them on purpose. */
import { ApiError } from '../../../src/runtime/api-error.ts';
import { errorOfAnswer } from '../../../src/runtime/api-status.ts';
import type { KubeObject } from '../../../src/runtime/resource.ts';
import type { ApiRequest, ApiResponse, StreamRequest, Transport } from '../../../src/runtime/transport.ts';

/** Says what a request gets instead of its answer; undefined lets it through. */
export type Fault = (request: {
  readonly path: string;
  readonly method: string;
  readonly verb: string;
}) => ApiError | undefined;

type Stream = { readonly path: string; push(line: string): void; end(error?: ApiError): void };

/** A connection that broke. */
export const broken = (outcomeUnknown = false): ApiError =>
  new ApiError({ reason: 'ConnectionFailed', message: 'reset by peer', outcomeUnknown });

/** An answer with this status and reason. */
export const answer = (status: number, reason: string, verb: ApiRequest['verb'] = 'get'): ApiError =>
  errorOfAnswer({ verb, status, text: JSON.stringify({ kind: 'Status', reason, message: reason, details: {} }) });

/** The server; all its collections share one history of resourceVersions. */
export class FakeApiServer implements Transport {
  /** Every request that reached the server: method and path with query. */
  readonly requests: string[] = [];
  fault: Fault = () => undefined;
  /** What GET /apis answers. */
  served: readonly string[] = ['example.com/v1/widgets'];

  /** Of these, the ones whose CustomResourceDefinition is being deleted. */
  terminating: readonly string[] = [];
  /** Of these, the ones whose own server does not answer: their version is listed as Stale and empty. */
  stale: readonly string[] = [];
  /** Whether GET /apis is answered with 304, as to an etag that is still right. */
  isUnchanged = false;
  streamsLists = true;
  /** A server that does not know streamed lists ignores the parameter and never says that they are complete. */
  endsInitialEvents = true;
  /** A watch that starts before this version is answered with 410. */
  compacted = 0;
  version = 100;
  readonly objects = new Map<string, KubeObject>();
  readonly #log: { readonly version: number; readonly path: string; readonly line: string }[] = [];
  readonly #streams = new Set<Stream>();

  /** Writes an object as somebody else would; its watchers hear of it unless `unheard`. */
  put(path: string, fields: Record<string, unknown> = {}, unheard = false): KubeObject {
    const held = this.objects.get(path);
    const [namespace, name] = namesOf(path);
    const uid = held?.metadata.uid ?? `uid-${this.version + 1}`;
    this.version += 1;
    const object: KubeObject = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      ...fields,
      metadata: {
        ...(fields.metadata as object | undefined),
        name,
        ...(namespace === undefined ? {} : { namespace }),
        uid,
        resourceVersion: String(this.version),
      },
    };
    this.objects.set(path, object);
    this.#publish(path, held === undefined ? 'ADDED' : 'MODIFIED', object, unheard);
    return object;
  }

  /** Deletes an object. */
  remove(path: string, unheard = false): void {
    const held = this.objects.get(path);
    if (held === undefined) return;
    this.version += 1;
    this.objects.delete(path);
    const object = { ...held, metadata: { ...held.metadata, resourceVersion: String(this.version) } };
    this.#publish(path, 'DELETED', object, unheard);
  }

  /** Sends a bookmark of the present to every watch. */
  bookmark(): void {
    for (const stream of this.#streams) stream.push(bookmarkLine(this.version, false));
  }

  /** Sends a line to every watch. */
  say(line: string): void {
    for (const stream of this.#streams) stream.push(line);
  }

  /** Ends every watch, cleanly or not. */
  hangUp(error?: ApiError): void {
    for (const stream of this.#streams) stream.end(error);
  }

  get watching(): number {
    return this.#streams.size;
  }

  close(): void {
    this.hangUp();
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    await Promise.resolve();
    if (request.signal?.aborted === true) throw new ApiError({ reason: 'Aborted', message: 'cancelled' });
    request.beforeSend?.();
    this.requests.push(`${request.method} ${request.path}`);
    const fault = this.fault(request);
    const lost = fault?.outcomeUnknown === true;
    if (fault !== undefined && !lost) throw fault;
    const response = this.#answer(request);
    if (fault !== undefined) throw fault;
    return response;
  }

  async stream(request: StreamRequest): Promise<AsyncIterable<readonly string[]>> {
    await Promise.resolve();
    this.requests.push(`GET ${request.path}`);
    const fault = this.fault({ ...request, method: 'GET', verb: 'watch' });
    if (fault !== undefined) throw fault;
    const url = new URL(request.path, 'http://fake');
    this.#checkServed(url.pathname);
    const streamed = url.searchParams.has('sendInitialEvents');
    if (streamed && !this.streamsLists) throw answer(422, 'Invalid', 'watch');
    const from = Number(url.searchParams.get('resourceVersion') ?? this.version);
    if (from < this.compacted) throw answer(410, 'Expired', 'watch');
    const lines: string[] = [];
    if (streamed) {
      for (const object of this.#collection(url.pathname)) lines.push(JSON.stringify({ type: 'ADDED', object }));
      if (this.endsInitialEvents) lines.push(bookmarkLine(this.version, true));
    }
    for (const { version, path, line } of this.#log) {
      if (version > from && within(path, url.pathname)) lines.push(line);
    }
    return this.#follow(url.pathname, lines, request.signal);
  }

  async *#follow(path: string, first: readonly string[], signal: AbortSignal): AsyncGenerator<readonly string[]> {
    let waiting: string[] = [...first];
    let wake: () => void = () => {};
    let ended = false;
    let failure: ApiError | undefined;
    const stream: Stream = {
      path,
      push: (line) => {
        waiting.push(line);
        wake();
      },
      end: (error) => {
        ended = true;
        failure = error;
        wake();
      },
    };
    const abort = (): void => stream.end(new ApiError({ reason: 'Aborted', message: 'cancelled' }));
    signal.addEventListener('abort', abort);
    this.#streams.add(stream);
    try {
      for (;;) {
        if (waiting.length > 0) {
          const batch = waiting;
          waiting = [];
          yield batch;
        } else if (ended) {
          if (failure !== undefined) throw failure;
          return;
        } else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#streams.delete(stream);
      signal.removeEventListener('abort', abort);
    }
  }

  #publish(path: string, type: string, object: KubeObject, unheard: boolean): void {
    if (unheard) return;
    const line = JSON.stringify({ type, object });
    this.#log.push({ version: this.version, path, line });
    for (const stream of this.#streams) if (within(path, stream.path)) stream.push(line);
  }

  #answer(request: ApiRequest): ApiResponse {
    const url = new URL(request.path, 'http://fake');
    if (url.pathname === '/apis')
      return this.isUnchanged
        ? { status: 304, body: undefined, warnings: [] }
        : { status: 200, body: discoveryOf(this), etag: 'held', warnings: [] };
    this.#checkServed(url.pathname);
    if (request.verb === 'list') return this.#list(url);
    const held = this.objects.get(url.pathname);
    if (request.verb === 'get' || request.verb === 'delete') {
      if (held === undefined) throw notFound(request, url.pathname);
      if (request.verb === 'delete') this.remove(url.pathname);
      return { status: 200, body: held, warnings: [] };
    }
    return this.#write(request, url.pathname, held);
  }

  #write(request: ApiRequest, pathname: string, held: KubeObject | undefined): ApiResponse {
    const body = request.body as KubeObject;
    const path = request.verb === 'create' ? `${pathname}/${body.metadata.name}` : pathname;
    const { resourceVersion } = body.metadata ?? {};
    if (request.verb === 'create' && this.objects.has(path)) throw answer(409, 'AlreadyExists', request.verb);
    if (request.verb === 'update' && held === undefined) throw notFound(request, path);
    if (resourceVersion !== undefined && resourceVersion !== held?.metadata.resourceVersion) {
      throw answer(409, 'Conflict', request.verb);
    }
    return { status: held === undefined ? 201 : 200, body: this.put(path, { ...held, ...body }), warnings: [] };
  }

  #list(url: URL): ApiResponse {
    const limit = Number(url.searchParams.get('limit'));
    const skip = Number(url.searchParams.get('continue') ?? 0);
    const all = this.#collection(url.pathname);
    const more = skip + limit < all.length ? { continue: String(skip + limit) } : {};
    const metadata = { resourceVersion: String(this.version), ...more };
    return { status: 200, body: { kind: 'WidgetList', metadata, items: all.slice(skip, skip + limit) }, warnings: [] };
  }

  #collection(pathname: string): readonly KubeObject[] {
    return [...this.objects].filter(([path]) => within(path, pathname)).map(([, object]) => object);
  }

  #checkServed(pathname: string): void {
    const [, group, version, plural] =
      /^\/apis\/([^/]+)\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)/.exec(pathname) ?? [];
    if (group !== undefined && !this.served.includes(`${group}/${version}/${plural}`))
      throw answer(404, 'NotFound', 'list');
  }
}

/** Whether an object lies in a collection; a collection without a namespace covers all. */
function within(path: string, collection: string): boolean {
  if (path.startsWith(`${collection}/`)) return true;
  const plural = collection.slice(collection.lastIndexOf('/') + 1);
  return !collection.includes('/namespaces/') && path.includes(`/${plural}/`);
}

function namesOf(path: string): readonly [namespace: string | undefined, name: string] {
  const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
  return [namespace, path.slice(path.lastIndexOf('/') + 1)];
}

function bookmarkLine(version: number, initialEnd: boolean): string {
  const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return JSON.stringify({
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: String(version), ...annotations } },
  });
}

function notFound(request: ApiRequest, path: string): ApiError {
  const text = JSON.stringify({ kind: 'Status', reason: 'NotFound', details: { name: namesOf(path)[1] } });
  return errorOfAnswer({ verb: request.verb, status: 404, text });
}

function discoveryOf({ served, terminating, stale }: FakeApiServer): unknown {
  return {
    kind: 'APIGroupDiscoveryList',
    items: served.map((id) => {
      const [name, version, resource] = id.split('/');
      const verbs = [
        'delete',
        'get',
        'list',
        'watch',
        ...(terminating.includes(id) ? [] : ['create', 'patch', 'update']),
      ];
      const isStale = stale.includes(id);
      const resources = isStale ? [] : [{ resource, verbs }];
      return { metadata: { name }, versions: [{ version, freshness: isStale ? 'Stale' : 'Current', resources }] };
    }),
  };
}
