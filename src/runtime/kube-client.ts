/** The resource client over a transport. */
import type { Manifest } from '../kube/manifest.ts';
import { listAt, textAt } from '../kube/json.ts';
import type { Verb } from './observer.ts';
import { collectionPath, objectPath, parseObject, resourceName } from './resource.ts';
import type { KubeObject, ObjectName, Resource } from './resource.ts';
import type {
  ApplyOptions,
  JsonPatchOperation,
  ListPage,
  Preconditions,
  ResourceClient,
  ResourceClientOptions,
  Selection,
  WatchOptions,
  Written,
} from './resource-client.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';
import { parseWatchEvent } from './watch-event.ts';
import type { WatchEvent } from './watch-event.ts';

/** No answer to a list holds more items: memory and the event loop of both sides are bounded by it. */
const pageSize = 500;

/** The server then leaves out spec and status (api-concepts.md, "Receiving resources as Tables" and its sequel). */
const metadataListType = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** JSON is YAML, and kube-apiserver answers 415 to apply-patch+json. */
const applyType = 'application/apply-patch+yaml';

/** What a write needs to say beyond its target. */
type WriteRequest = Pick<ApiRequest, 'verb' | 'method' | 'path'> &
  Partial<Pick<ApiRequest, 'body' | 'contentType' | 'signal' | 'subresource'>>;

/** A client of one resource; writes go under `options.fieldManager` and pass `options.fence`. */
export function createResourceClient(
  transport: Transport,
  resource: Resource,
  options: ResourceClientOptions,
): ResourceClient {
  return new TransportClient(transport, resource, options);
}

class TransportClient implements ResourceClient {
  readonly resource: Resource;
  readonly #transport: Transport;
  readonly #options: ResourceClientOptions;

  constructor(transport: Transport, resource: Resource, options: ResourceClientOptions) {
    this.resource = resource;
    this.#transport = transport;
    this.#options = options;
  }

  async get(name: ObjectName): Promise<KubeObject> {
    const { body } = await this.#read('get', objectPath(this.resource, name));
    return parseObject(body, this.resource);
  }

  async *list(
    selection: Selection,
    options: { readonly metadataOnly?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ListPage> {
    const path = collectionPath(this.resource, selection.namespace);
    let next = '';
    do {
      const query = queryOf({ ...selectors(selection), limit: String(pageSize), continue: next });
      const { body } = await this.#read('list', path + query, {
        ...(options.metadataOnly === true ? { accept: metadataListType } : {}),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      next = textAt(body, 'metadata', 'continue') ?? '';
      yield {
        items: listAt(body, 'items').map((item) => parseObject(item, this.resource)),
        resourceVersion: textAt(body, 'metadata', 'resourceVersion') ?? '',
      };
    } while (next !== '');
  }

  async watch(options: WatchOptions): Promise<AsyncIterable<readonly WatchEvent[]>> {
    const start =
      'resourceVersion' in options.start
        ? { resourceVersion: options.start.resourceVersion }
        : { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
    const query = queryOf({
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(options.timeoutSeconds),
      ...start,
      ...selectors(options),
    });
    const lines = await this.#transport.stream({
      path: collectionPath(this.resource, options.namespace) + query,
      resource: resourceName(this.resource),
      timeoutMs: this.#readTimeoutMs,
      idleTimeoutMs: options.idleTimeoutMs,
      signal: options.signal,
    });
    return eventsOf(lines, this.resource);
  }

  apply(object: Manifest, options: ApplyOptions): Promise<Written> {
    return this.#apply(object, options, undefined);
  }

  applyStatus(object: Manifest, options: ApplyOptions): Promise<Written> {
    return this.#apply(object, options, 'status');
  }

  create(object: Manifest): Promise<Written> {
    const query = this.#writeQuery({});
    const path = collectionPath(this.resource, object.metadata.namespace) + query;
    return this.#write({ verb: 'create', method: 'POST', path, body: object });
  }

  update(object: Manifest): Promise<Written> {
    const path = objectPath(this.resource, object.metadata) + this.#writeQuery({});
    return this.#write({ verb: 'update', method: 'PUT', path, body: object });
  }

  jsonPatch(name: ObjectName, operations: readonly JsonPatchOperation[]): Promise<Written> {
    const path = objectPath(this.resource, name) + this.#writeQuery({});
    const contentType = 'application/json-patch+json';
    return this.#write({ verb: 'patch', method: 'PATCH', path, body: operations, contentType });
  }

  async delete(name: ObjectName, preconditions: Preconditions): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    await this.#send({ verb: 'delete', method: 'DELETE', path: objectPath(this.resource, name), body });
  }

  #apply(object: Manifest, options: ApplyOptions, subresource: 'status' | undefined): Promise<Written> {
    const query = this.#writeQuery({
      force: String(options.force),
      dryRun: options.dryRun === true ? 'All' : '',
    });
    return this.#write({
      verb: 'patch',
      method: 'PATCH',
      path: objectPath(this.resource, object.metadata, subresource) + query,
      body: object,
      contentType: applyType,
      ...(subresource === undefined ? {} : { subresource }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async #write(request: WriteRequest): Promise<Written> {
    const { status, body, warnings } = await this.#send(request);
    return { object: parseObject(body, this.resource), created: status === 201, warnings };
  }

  /** The fence is asked before anything is queued and again when the socket is ready. */
  async #send(request: WriteRequest): Promise<ApiResponse> {
    const { fence } = this.#options;
    fence?.();
    return this.#transport.request({
      ...request,
      resource: resourceName(this.resource),
      timeoutMs: this.#options.writeTimeoutMs ?? 5_000,
      ...this.#lane,
      ...(fence === undefined ? {} : { beforeSend: fence }),
    });
  }

  #read(verb: Verb, path: string, more: Partial<ApiRequest> = {}): Promise<ApiResponse> {
    return this.#transport.request({
      verb,
      method: 'GET',
      path,
      resource: resourceName(this.resource),
      timeoutMs: this.#readTimeoutMs,
      ...this.#lane,
      ...more,
    });
  }

  #writeQuery(more: Readonly<Record<string, string>>): string {
    const { fieldManager, fieldValidation = 'Strict' } = this.#options;
    return queryOf({ fieldManager, fieldValidation, ...more });
  }

  get #lane(): Pick<ApiRequest, 'lane'> {
    return this.#options.lane === undefined ? {} : { lane: this.#options.lane };
  }

  get #readTimeoutMs(): number {
    return this.#options.readTimeoutMs ?? 30_000;
  }
}

async function* eventsOf(
  lines: AsyncIterable<readonly string[]>,
  resource: Resource,
): AsyncGenerator<readonly WatchEvent[]> {
  for await (const batch of lines) yield batch.map((line) => parseWatchEvent(line, resource));
}

function selectors({ labelSelector = '', fieldSelector = '' }: Selection): Readonly<Record<string, string>> {
  return { labelSelector, fieldSelector };
}

/** Parameters without a value are left out. */
function queryOf(parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
