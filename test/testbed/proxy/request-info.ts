/** What a request to the API server asks for, read from its method, URL and headers; pure. */

/** As in RBAC, and `apply` for a server-side apply, which RBAC calls patch (and create). */
export type ResourceVerb =
  'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'deletecollection';

/** A request as a test matches and counts it; what a request does not have is the empty string. */
export type RequestInfo = {
  /** `other` for what is about no resource: discovery, health, metrics. */
  readonly verb: ResourceVerb | 'other';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural, e.g. `configmaps`. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
  readonly dryRun: boolean;
  readonly userAgent: string;
};

/** What of an HTTP request matters here. */
export type RawRequest = {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

type Location = Pick<RequestInfo, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'>;

const nowhere: Location = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };

/** Segments below namespaces/NAME that belong to the namespace itself, not to a resource inside it. */
const namespaceSubresources = new Set(['status', 'finalize']);

/** The segments below group and version: `RESOURCE/NAME/SUBRESOURCE`, maybe below `namespaces/NAMESPACE`. */
function locateResource(
  segments: readonly string[],
): Pick<Location, 'resource' | 'subresource' | 'namespace' | 'name'> {
  const [first, namespace = '', inside] = segments;
  const isInNamespace = first === 'namespaces' && inside !== undefined && !namespaceSubresources.has(inside);
  const [resource = '', name = '', ...below] = isInNamespace ? segments.slice(2) : segments;
  return { resource, name, subresource: below.join('/'), namespace: isInNamespace ? namespace : '' };
}

/** `/api/VERSION/…` or `/apis/GROUP/VERSION/…`; a path that ends before a resource is discovery. */
function locate(path: string): Location {
  const [root, ...rest] = path.split('/').filter((segment) => segment !== '');
  if (root !== 'api' && root !== 'apis') return nowhere;
  const [group = '', version = '', ...segments] = root === 'api' ? ['', ...rest] : rest;
  return segments.length === 0 ? nowhere : { group, version, ...locateResource(segments) };
}

function readVerb(query: RequestInfo['query'], isNamed: boolean): ResourceVerb {
  if (query.watch === 'true' || query.watch === '1') return 'watch';
  return isNamed ? 'get' : 'list';
}

function verbOf(
  method: string,
  contentType: string,
  query: RequestInfo['query'],
  isNamed: boolean,
): RequestInfo['verb'] {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return readVerb(query, isNamed);
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return contentType.startsWith('application/apply-patch') ? 'apply' : 'patch';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
    default:
      return 'other';
  }
}

/** Reads a request as kube-apiserver does (k8s.io/apiserver/pkg/endpoints/request, RequestInfoFactory). */
export function parseRequest({ method, url, headers }: RawRequest): RequestInfo {
  const { pathname, searchParams } = new URL(url, 'https://server');
  const query = Object.fromEntries(searchParams);
  const location = locate(decodeURIComponent(pathname));
  const header = (name: string): string => [headers[name] ?? ''].flat().join(', ');
  return {
    ...location,
    verb: location.resource === '' ? 'other' : verbOf(method, header('content-type'), query, location.name !== ''),
    method,
    path: pathname,
    query,
    fieldManager: query.fieldManager ?? '',
    dryRun: query.dryRun === 'All',
    userAgent: header('user-agent'),
  };
}

const mutatingVerbs: ReadonlySet<string> = new Set([
  'create',
  'update',
  'patch',
  'apply',
  'delete',
  'deletecollection',
]);

/** Reviews are POSTs that store nothing. */
const reviewGroups: ReadonlySet<string> = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/**
 * Whether a request counts as a write: mutating, and neither an event, nor a Lease renewal, nor a dry run, nor a review.
 * Creating a Lease counts.
 */
export function isWrite(info: RequestInfo): boolean {
  if (!mutatingVerbs.has(info.verb) || info.dryRun || reviewGroups.has(info.group)) return false;
  if (info.resource === 'events') return false;
  return !(info.resource === 'leases' && ['update', 'patch', 'apply'].includes(info.verb));
}
