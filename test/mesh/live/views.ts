/** What a decision and an answer have in common, so that both can be compared with what was written by hand. */
import type { Decision } from '../../../src/decide/decision.ts';
import { echoOf, headerValues } from '../../testbed/mesh/request.ts';
import type { Answer } from '../../testbed/mesh/request.ts';
import type { Expected } from './live-case.ts';

/** What `decide` says. */
export type Decided = {
  readonly status: number | null;
  readonly location: string | null;
  readonly route: string | null;
  readonly backends: readonly string[];
  readonly path: string | null;
};

/** What was seen. */
export type Seen = {
  readonly status: number | null;
  readonly location: string | null;
  /** Whether one of the expected pods answered: its name where it did, else what the answer's body begins with. */
  readonly pod: string | null;
  readonly path: string | null;
  readonly port: number | null;
  /** What x-apptraffic-route said at the pod. */
  readonly route: string | null;
};

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** Pods that may answer; none where no pod does. */
export function podsOf(expected: Expected): readonly string[] {
  return typeof expected === 'object' && 'pods' in expected ? listOf(expected.pods) : [];
}

/** The decision, where a backend answers with 200. */
export function decidedView({ outcome, status, location, route, app, forwarded }: Decision): Decided {
  return {
    status: outcome === 'route' ? 200 : (status ?? null),
    location: location ?? null,
    route: route === undefined ? null : `${app?.namespace}/${app?.name}/${route}`,
    backends: (forwarded?.backends ?? []).filter(({ weight }) => weight > 0).map(({ name }) => name),
    path: forwarded?.path ?? null,
  };
}

/** What `decide` must say; `path`: of the request. */
export function expectedDecision(expected: Expected, path: string): Decided {
  const nothing = { status: null, location: null, route: null, backends: [], path: null };
  if (expected === 'nothing') return nothing;
  const route = expected.route ?? null;
  if ('status' in expected) return { ...nothing, status: expected.status, location: expected.location ?? null, route };
  const backends = [...listOf(expected.backends ?? 'app')].sort();
  return { ...nothing, status: 200, route, backends, path: expected.path ?? path };
}

/** The answer; `pods`: those that may give it. */
export function seenView(answer: Answer, pods: readonly string[]): Seen {
  const nothing = { status: null, location: null, pod: null, path: null, port: null, route: null };
  if (answer.connectionError !== undefined) return nothing;
  const location = headerValues(answer.headers, 'location')[0] ?? null;
  const isEcho = headerValues(answer.headers, 'content-type')[0] === 'application/json';
  if (!isEcho)
    return { ...nothing, status: answer.status, location, pod: pods.length === 0 ? null : answer.body.slice(0, 80) };
  const { pod, path, query, port, headers } = echoOf(answer);
  return {
    status: answer.status,
    location,
    pod: pods.includes(pod) ? pods.join(' or ') : pod,
    path: query === null ? path : `${path}?${query}`,
    port,
    route: headerValues(headers, 'x-apptraffic-route').join() || null,
  };
}

/** What must be seen; `isOutside`: the request comes through the gateway, which names the route. */
export function expectedView(expected: Expected, path: string, query: string, isOutside: boolean): Seen {
  const nothing = { status: null, location: null, pod: null, path: null, port: null, route: null };
  if (expected === 'nothing') return nothing;
  if ('status' in expected) return { ...nothing, status: expected.status, location: expected.location ?? null };
  const { path: rewritten = path, port = 8080, route, isUnmarked } = expected;
  return {
    status: 200,
    location: null,
    pod: podsOf(expected).join(' or '),
    path: `${rewritten}${query}`,
    port,
    route: isOutside && isUnmarked !== true ? (route ?? null) : null,
  };
}
