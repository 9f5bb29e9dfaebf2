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
  /** What the route answers by itself. */
  readonly body: string | null;
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
  /** Where one is expected. */
  readonly body: string | null;
};

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** Pods that may answer; none where no pod does. */
export function podsOf(expected: Expected): readonly string[] {
  return typeof expected === 'object' && 'pods' in expected ? listOf(expected.pods) : [];
}

/** The decision, where a backend answers with 200. */
export function decidedView({ outcome, status, location, route, app, body, forwarded }: Decision): Decided {
  return {
    status: outcome === 'route' ? 200 : (status ?? null),
    location: location ?? null,
    route: route === undefined ? null : `${app?.namespace}/${app?.name}/${route}`,
    backends: (forwarded?.backends ?? []).filter(({ weight }) => weight > 0).map(({ name }) => name),
    path: forwarded?.path ?? null,
    body: body ?? null,
  };
}

/** What `decide` must say; `path`: of the request. */
export function expectedDecision(expected: Expected, path: string): Decided {
  const nothing = { status: null, location: null, route: null, backends: [], path: null, body: null };
  if (expected === 'nothing') return nothing;
  const route = expected.route ?? null;
  if ('status' in expected) {
    const { status, location = null, body = null } = expected;
    return { ...nothing, status, location, route, body };
  }
  const backends = [...listOf(expected.backends ?? 'app')].sort();
  return { ...nothing, status: 200, route, backends, path: expected.path ?? path };
}

/** Nothing that could be seen. */
const unseen = { status: null, location: null, pod: null, path: null, port: null, route: null, body: null };

/** The answer, where this is expected. */
export function seenView(answer: Answer, expected?: Expected): Seen {
  const pods = expected === undefined ? [] : podsOf(expected);
  if (answer.connectionError !== undefined) return unseen;
  const location = headerValues(answer.headers, 'location')[0] ?? null;
  const isEcho = headerValues(answer.headers, 'content-type')[0] === 'application/json';
  if (!isEcho) {
    const hasBody = typeof expected === 'object' && 'body' in expected;
    return {
      ...unseen,
      status: answer.status,
      location,
      pod: pods.length === 0 ? null : answer.body.slice(0, 80),
      body: hasBody ? answer.body : null,
    };
  }
  const { pod, path, query, port, headers } = echoOf(answer);
  return {
    status: answer.status,
    location,
    pod: pods.includes(pod) ? pods.join(' or ') : pod,
    path: query === null ? path : `${path}?${query}`,
    port,
    route: headerValues(headers, 'x-apptraffic-route').join() || null,
    body: null,
  };
}

/** What must be seen; `isOutside`: the request comes through the gateway, which names the route. */
export function expectedView(expected: Expected, path: string, query: string, isOutside: boolean): Seen {
  if (expected === 'nothing') return unseen;
  if ('status' in expected) {
    const { status, location = null, body = null } = expected;
    return { ...unseen, status, location, body };
  }
  const { path: rewritten = path, port = 8080, route, isUnmarked } = expected;
  return {
    ...unseen,
    status: 200,
    pod: podsOf(expected).join(' or '),
    path: `${rewritten}${query}`,
    port,
    route: isOutside && isUnmarked !== true ? (route ?? null) : null,
  };
}
