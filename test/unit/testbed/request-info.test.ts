import { isWrite, parseRequest } from '../../testbed/proxy/request-info.ts';
import type { RequestInfo } from '../../testbed/proxy/request-info.ts';

const parse = (method: string, url: string, headers: Record<string, string> = {}): RequestInfo =>
  parseRequest({ method, url, headers });

/** What a request is about, as one line: verb group/version resource[/subresource] [namespace/]name. */
function summary(info: RequestInfo): string {
  const { verb, group, version, resource, subresource, namespace, name } = info;
  const what = [resource, subresource].filter((part) => part !== '').join('/');
  return `${verb} ${group}/${version} ${what} ${namespace}/${name}`;
}

const apply = { 'content-type': 'application/apply-patch+yaml' };

describe('a request to the API server', () => {
  it.each([
    ['GET', '/api/v1/namespaces/shop/services/web', {}, 'get /v1 services shop/web'],
    ['GET', '/api/v1/namespaces/shop/services?limit=500', {}, 'list /v1 services shop/'],
    ['GET', '/api/v1/services?watch=true&resourceVersion=7', {}, 'watch /v1 services /'],
    ['GET', '/api/v1/services?watch=1', {}, 'watch /v1 services /'],
    ['GET', '/apis/networking.k8s.io/v1/ingressclasses/nginx', {}, 'get networking.k8s.io/v1 ingressclasses /nginx'],
    ['POST', '/api/v1/namespaces/shop/serviceaccounts/a/token', {}, 'create /v1 serviceaccounts/token shop/a'],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/s/leases/l', {}, 'update coordination.k8s.io/v1 leases s/l'],
    ['PATCH', '/api/v1/namespaces/shop/services/web', {}, 'patch /v1 services shop/web'],
    ['PATCH', '/apis/a.dev/v1/namespaces/s/things/t/status', apply, 'apply a.dev/v1 things/status s/t'],
    ['DELETE', '/api/v1/namespaces/shop/services/web', {}, 'delete /v1 services shop/web'],
    ['DELETE', '/api/v1/namespaces/shop/services', {}, 'deletecollection /v1 services shop/'],
    ['GET', '/api/v1/namespaces', {}, 'list /v1 namespaces /'],
    ['GET', '/api/v1/namespaces/shop', {}, 'get /v1 namespaces /shop'],
    ['PUT', '/api/v1/namespaces/shop/finalize', {}, 'update /v1 namespaces/finalize /shop'],
    ['GET', '/apis/networking.k8s.io/v1', {}, 'other /  /'],
    ['GET', '/readyz', {}, 'other /  /'],
  ])('%s %s %j is %s', (method, url, headers, expected) => {
    expect(summary(parse(method, url, headers))).toBe(expected);
  });

  it('carries field manager, dry run, query and user agent', () => {
    const url = '/api/v1/namespaces/shop/services/web?fieldManager=me&dryRun=All&force=true';
    expect(parse('PATCH', url, { ...apply, 'user-agent': 'apptraffic/0.1' })).toMatchObject({
      fieldManager: 'me',
      dryRun: true,
      query: { fieldManager: 'me', dryRun: 'All', force: 'true' },
      userAgent: 'apptraffic/0.1',
      path: '/api/v1/namespaces/shop/services/web',
    });
  });
});

describe('a write', () => {
  it.each([
    ['creating an object', 'POST', '/api/v1/namespaces/s/services', true],
    ['applying a status', 'PATCH', '/apis/a.dev/v1/namespaces/s/things/t/status', true],
    ['deleting', 'DELETE', '/api/v1/namespaces/s/services/a', true],
    ['creating a Lease', 'POST', '/apis/coordination.k8s.io/v1/namespaces/s/leases', true],
    ['renewing a Lease', 'PUT', '/apis/coordination.k8s.io/v1/namespaces/s/leases/l', false],
    ['recording an event', 'POST', '/apis/events.k8s.io/v1/namespaces/s/events', false],
    ['a dry run', 'POST', '/api/v1/namespaces/s/services?dryRun=All', false],
    ['asking for access', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', false],
    ['reading', 'GET', '/api/v1/namespaces/s/services', false],
  ])('%s: counts or not', (_what, method, url, counts) => {
    expect(isWrite(parse(method, url))).toBe(counts);
  });
});
