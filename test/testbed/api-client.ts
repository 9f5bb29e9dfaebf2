/** The oracle: a plain JSON client of the API server, independent of the client under test. */
import { Agent } from 'node:https';
import { open, send } from './http.ts';
import type { ApiRequest, ApiResponse, Endpoint } from './http.ts';
import { field, refOf } from './kube-object.ts';
import type { KubeObject, Ref } from './kube-object.ts';
import { observe } from './observe.ts';
import type { Deadline, Selection, WatchSource } from './observe.ts';
import { resourcePaths, selectionPath } from './resource-paths.ts';

/** A request that the API server refused. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  /** metav1.Status.reason, e.g. `Conflict`. */
  readonly reason: string;
  readonly body: unknown;
  constructor(what: string, response: ApiResponse) {
    const said = field(response.body, 'message') ?? response.body;
    super(`${what}: ${response.status} ${typeof said === 'string' ? said : JSON.stringify(said)}`);
    this.status = response.status;
    const reason = field(response.body, 'reason');
    this.reason = typeof reason === 'string' ? reason : '';
    this.body = response.body;
  }
}

/** Query parameters that any write takes. */
export type WriteOptions = {
  readonly subresource?: string;
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
};

/** Server-side apply: field manager `test` and force unless told otherwise. */
export type ApplyOptions = WriteOptions & { readonly force?: boolean };

/** How a patch is to be read: RFC 7386, RFC 6902, or Kubernetes' strategic merge. */
export type PatchType = 'merge' | 'json' | 'strategic';

/** metav1.DeleteOptions. */
export type DeleteOptions = {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
};

/** A client of one API server as one identity. A target is a reference or an object; refusals throw ApiFailure. */
export type ApiClient = {
  readonly endpoint: Endpoint;
  /** Any request; every status is an answer, only a broken connection rejects. */
  readonly request: (request: ApiRequest) => Promise<ApiResponse>;
  /** The path of an object (`/api/v1/namespaces/default/configmaps/a`), for `request`. */
  readonly pathOf: (target: Ref | KubeObject, subresource?: string) => Promise<string>;
  /** The object, or undefined when there is none. */
  readonly get: (target: Ref | KubeObject) => Promise<KubeObject | undefined>;
  /** All objects of a kind, in one namespace or all. */
  readonly list: (selection: Selection) => Promise<readonly KubeObject[]>;
  readonly create: (object: KubeObject, options?: WriteOptions) => Promise<KubeObject>;
  /** Server-side apply with fieldValidation=Strict. */
  readonly apply: (object: KubeObject, options?: ApplyOptions) => Promise<KubeObject>;
  readonly patch: (
    target: Ref | KubeObject,
    patch: unknown,
    options?: WriteOptions & { readonly type?: PatchType },
  ) => Promise<KubeObject>;
  /** Asks for deletion; whether it is already gone afterwards is for `waitGone`. */
  readonly delete: (target: Ref | KubeObject, options?: DeleteOptions) => Promise<void>;
  /** Watches one object until it exists and `isSo` holds; resolves with it, rejects at the deadline with what was last seen. */
  readonly waitFor: (
    target: Ref | KubeObject,
    isSo: (object: KubeObject) => boolean,
    deadline?: Deadline,
  ) => Promise<KubeObject>;
  /** Watches one object until it does not exist (the one of that uid, when the target has one). */
  readonly waitGone: (target: Ref | KubeObject, deadline?: Deadline) => Promise<void>;
  /** Watches a selection until `isSo` holds for all of it together. */
  readonly waitForList: (
    selection: Selection,
    isSo: (objects: readonly KubeObject[]) => boolean,
    deadline?: Deadline,
  ) => Promise<readonly KubeObject[]>;
};

const patchContentTypes: Readonly<Record<PatchType | 'apply', string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

function query(options: ApplyOptions & { readonly strict?: boolean }): string {
  const parameters = new URLSearchParams({ fieldManager: options.fieldManager ?? 'test' });
  if (options.force !== undefined) parameters.set('force', String(options.force));
  if (options.dryRun === true) parameters.set('dryRun', 'All');
  if (options.strict === true) parameters.set('fieldValidation', 'Strict');
  return `?${parameters.toString()}`;
}

const isNamed = (object: KubeObject, name: string): boolean => object.metadata.name === name;

/** A client of the server at `endpoint`; `close` of the run is not needed, idle connections do not keep the process alive. */
export function createApiClient(endpoint: Endpoint): ApiClient {
  // Idle connections are closed before the server does so, after 90 s: a request would race with that.
  const agent = new Agent({ keepAlive: true, timeout: 30_000 });
  const request = (sent: ApiRequest): Promise<ApiResponse> => send(endpoint, { agent, ...sent });
  const must = async (sent: ApiRequest): Promise<KubeObject> => {
    const response = await request(sent);
    if (response.status < 300) return response.body as KubeObject;
    throw new ApiFailure(`${sent.method} ${sent.path}`, response);
  };
  const paths = resourcePaths(async (path) => must({ method: 'GET', path }));
  const pathOf = async (target: Ref | KubeObject, subresource?: string): Promise<string> => {
    const path = await paths.ofObject(refOf(target));
    return subresource === undefined ? path : `${path}/${subresource}`;
  };
  const source: WatchSource = {
    list: async (selection) => {
      const answer = await must({ method: 'GET', path: await selectionPath(paths, selection) });
      const items = (answer.items ?? []) as readonly KubeObject[];
      const { apiVersion, kind } = selection;
      return {
        objects: items.map((item) => ({ ...item, apiVersion, kind })),
        resourceVersion: answer.metadata.resourceVersion ?? '',
      };
    },
    watch: async (selection, resourceVersion, signal) => {
      const path = `${await selectionPath(paths, selection)}&watch=true&resourceVersion=${resourceVersion}`;
      const response = await open(endpoint, { method: 'GET', path, signal, agent: false });
      if (response.statusCode === 200) return response;
      response.destroy();
      throw new Error(`watch ${path}: ${response.statusCode}`);
    },
  };
  const client: ApiClient = {
    endpoint,
    request,
    pathOf,
    get: async (target) => {
      const path = await pathOf(target);
      const response = await request({ method: 'GET', path });
      if (response.status === 404) return undefined;
      if (response.status === 200) return response.body as KubeObject;
      throw new ApiFailure(`GET ${path}`, response);
    },
    list: async (selection) => (await source.list(selection)).objects,
    create: async (object, options = {}) => {
      const { name: _name, ...collection } = refOf(object);
      const path = `${await paths.ofCollection(collection)}${query({ ...options, strict: true })}`;
      return must({ method: 'POST', path, body: object });
    },
    apply: async (object, { subresource, ...options } = {}) => {
      const path = `${await pathOf(object, subresource)}${query({ force: true, ...options, strict: true })}`;
      return must({ method: 'PATCH', path, body: object, contentType: patchContentTypes.apply });
    },
    patch: async (target, patch, { subresource, type = 'merge', ...options } = {}) => {
      const path = `${await pathOf(target, subresource)}${query(options)}`;
      return must({ method: 'PATCH', path, body: patch, contentType: patchContentTypes[type] });
    },
    delete: async (target, options = {}) => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
      await must({ method: 'DELETE', path: await pathOf(target), body });
    },
    waitFor: async (target, isSo, deadline = {}) => {
      const { name, ...kind } = refOf(target);
      const selection = { ...kind, name };
      const find = (objects: readonly KubeObject[]): KubeObject | undefined =>
        objects.find((object) => isNamed(object, name) && isSo(object));
      return observe(source, selection, find, { what: `${kind.kind} ${name}`, ...deadline });
    },
    waitGone: async (target, deadline = {}) => {
      const { name, ...kind } = refOf(target);
      const uid = 'metadata' in target ? target.metadata.uid : undefined;
      const isGone = (objects: readonly KubeObject[]): true | undefined =>
        objects.some((object) => uid === undefined || object.metadata.uid === uid) ? undefined : true;
      await observe(source, { ...kind, name }, isGone, { what: `${kind.kind} ${name} to be gone`, ...deadline });
    },
    waitForList: async (selection, isSo, deadline = {}) => {
      const check = (objects: readonly KubeObject[]): readonly KubeObject[] | undefined =>
        isSo(objects) ? objects : undefined;
      return observe(source, selection, check, { what: `all ${selection.kind}`, ...deadline });
    },
  };
  return client;
}
