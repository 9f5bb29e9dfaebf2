/** Judges a case by the answers that a real gateway gave. */
import type { Outcome } from '../../decide/decision.ts';
import type { Observation } from './answer.ts';
import type { ExpectationFields } from './expectation-fields.ts';
import { headerOf, isHeader, judge, splitOf, wishesOf } from './judgement.ts';
import type { Fact, Judgement, PlainField, Wish, WishField } from './judgement.ts';
import { judgeSplit } from './judge-split.ts';
import type { LiveFields } from './live-fields.ts';

/** The request header that names the route a request came through (api.md §4). */
const routeHeader = 'x-apptraffic-route';

/** Every expectation beside the answers, of which there is at least one; each of them must be as expected. */
export function judgeAnswers(
  expect: ExpectationFields,
  live: LiveFields,
  seen: readonly Observation[],
): readonly Judgement[] {
  return wishesOf(expect).map((wish) => {
    const split = splitOf(expect);
    if (isSplit(wish.field) && split !== undefined && live.backend !== undefined) {
      const counted = judgeSplit(
        split,
        seen.map(({ backend }) => backend),
      );
      return { field: wish.field, expected: wish.wanted, ...counted };
    }
    return judgeEach(
      wish,
      seen.map((one) => factOf(wish.field, one, live)),
    );
  });
}

function isSplit(field: WishField): boolean {
  return field === 'backend' || field === 'backends';
}

/** The first answer that is not as wished decides; one that does not tell leaves the wish open. */
function judgeEach(wish: Wish, facts: readonly Fact[]): Judgement {
  const judged = facts.map((fact) => judge(wish, fact));
  const at = judged.findIndex(({ verdict }) => verdict === 'Fails');
  const decisive = judged[at] ?? judged.find(({ verdict }) => verdict === 'NotJudged') ?? judged[0];
  if (decisive === undefined) throw new Error(`no answer to judge ${wish.field} by`);
  return at < 0 || facts.length === 1
    ? decisive
    : { ...decisive, got: `${decisive.got} (answer ${at + 1} of ${facts.length})` };
}

function factOf(field: WishField, seen: Observation, live: LiveFields): Fact {
  return isHeader(field) ? headerFact(headerOf(field), seen, live) : plainFacts[field](seen, live);
}

const untoldBackend = (): Fact => ({
  unknown: 'the document does not say how an answer tells its backend (live.backend)',
});
const untold = (): Fact => ({ unknown: 'answers do not tell it' });

const plainFacts: Readonly<Record<PlainField, (seen: Observation, live: LiveFields) => Fact>> = {
  outcome: (seen, live) => ({ is: outcomesOf(seen, live) }),
  status: ({ status }) => ({ is: [String(status)] }),
  app: (seen, live) => routeFact(([namespace, name]) => `${namespace}/${name}`, seen, live),
  route: (seen, live) => routeFact(([, , route]) => route, seen, live),
  backend: untoldBackend,
  backends: untoldBackend,
  path: ({ path }, live) => told(path, 'path', live),
  host: ({ host }, live) => told(host, 'host', live),
  location: ({ location }) => ({ is: location === undefined ? [] : [location] }),
  'retries.attempts': untold,
  'retries.perTry': untold,
  'retries.backoff': untold,
  'retries.retryOn': untold,
  timeout: untold,
};

function told(value: string | undefined, field: 'path' | 'host', live: LiveFields): Fact {
  if (live[field] === undefined) {
    return {
      unknown: `the document does not say how an answer tells the ${field} that the backend saw (live.${field})`,
    };
  }
  return { is: value === undefined ? [] : [value] };
}

const untoldHeaders: Fact = {
  unknown: 'the document does not say how an answer tells the headers that the backend saw (live.requestHeaders)',
};

function headerFact(name: string, { requestHeaders }: Observation, live: LiveFields): Fact {
  return live.requestHeaders === undefined ? untoldHeaders : { is: requestHeaders?.get(name) ?? [] };
}

/** The gateways of Istio name the route in a header; of a request that no backend saw, and elsewhere, nobody tells. */
function routeFact(
  part: (mark: readonly string[]) => string | undefined,
  { requestHeaders }: Observation,
  live: LiveFields,
): Fact {
  if (live.requestHeaders === undefined) return untoldHeaders;
  const mark = requestHeaders?.get(routeHeader)?.[0]?.split('/') ?? [];
  const text = mark.length === 3 ? part(mark) : undefined;
  return text === undefined ? { unknown: `the backend saw no header ${routeHeader}` } : { is: [text] };
}

const ownStatuses: Readonly<Record<number, Outcome>> = {
  401: 'unauthorized',
  403: 'deny',
  404: 'notFound',
};

/** An answer of a known backend was routed; any other is told by its status, which alone does not tell a backend's from a gateway's. */
function outcomesOf({ status, location, backend }: Observation, live: LiveFields): readonly Outcome[] {
  if (backend !== undefined) return ['route'];
  if (status >= 300 && status < 400 && location !== undefined) return ['redirect'];
  const own = ownStatuses[status];
  if (own !== undefined) return [own];
  // The pods say so, or a controller before them.
  if (status === 413) return ['deny', 'respond'];
  return live.backend === undefined ? ['route', 'respond'] : ['respond'];
}
