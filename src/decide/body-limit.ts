/** Limits of bodies (external.maxBodySize): who answers 413, and when (api.md §3, at the pod). */
import type { AppRef } from '../model/traffic.ts';
import type { Decision } from './decision.ts';
import type { HttpRequest } from './request.ts';
import { upgradeOf } from './upgrade.ts';

/** What a request gets whose body is too large. */
type TooLarge = Pick<Decision, 'outcome' | 'status' | 'why'>;

/** The bytes of the body that the client sends. */
export function bodyBytesOf({ bodyBytes = 0 }: Pick<HttpRequest, 'bodyBytes'>): number {
  return bodyBytes;
}

/** Before any backend: the controller answers. Undefined: the body is not too large, or nobody limits it. */
export function tooLargeBefore(request: HttpRequest, limit: number | undefined, app: AppRef): TooLarge | undefined {
  const why = excess(request, limit, app);
  return why === undefined ? undefined : { outcome: 'respond', status: 413, why };
}

/**
 * The same at the app's pods: a request that opens a websocket passes by, since Envoy lets nothing behind its headers
 * through before the pod has agreed to it.
 */
export function tooLargeAtPods(request: HttpRequest, limit: number | undefined, app: AppRef): TooLarge | undefined {
  const why = upgradeOf(request.headers) === 'websocket' ? undefined : excess(request, limit, app);
  return why === undefined ? undefined : { outcome: 'deny', status: 413, why };
}

function excess(request: HttpRequest, limit: number | undefined, { namespace, name }: AppRef): string | undefined {
  const bytes = bodyBytesOf(request);
  if (limit === undefined || bytes <= limit) return undefined;
  return `the body has ${bytes} bytes, and maxBodySize of ${namespace}/${name} is ${limit}`;
}
