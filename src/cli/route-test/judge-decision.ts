/** Judges a case by what `decide` says, without a cluster. */
import type { Decision, Forwarded } from '../../decide/decision.ts';
import type { HttpRequest } from '../../decide/request.ts';
import { durationText } from '../../schema/duration.ts';
import type { ExpectationFields } from './expectation-fields.ts';
import { headerOf, isHeader, judge, listText, splitOf, splitText, wishesOf } from './judgement.ts';
import type { Fact, Judgement, PlainField, WishField } from './judgement.ts';

/** Every expectation beside the decision. */
export function judgeDecision(
  expect: ExpectationFields,
  request: HttpRequest,
  decision: Decision,
): readonly Judgement[] {
  return wishesOf(expect).map((wish) => judge(wish, factOf(wish.field, { expect, request, decision })));
}

type Case = {
  readonly expect: ExpectationFields;
  readonly request: HttpRequest;
  readonly decision: Decision;
};

const is = (text: string | undefined): Fact => ({ is: text === undefined ? [] : [text] });

function factOf(field: WishField, one: Case): Fact {
  return isHeader(field) ? headerFact(headerOf(field), one) : plainFacts[field](one);
}

const plainFacts: Readonly<Record<PlainField, (one: Case) => Fact>> = {
  outcome: ({ decision }) => is(decision.outcome),
  status: statusFact,
  app: ({ decision: { app } }) => is(app === undefined ? undefined : `${app.namespace}/${app.name}`),
  route: ({ decision }) => is(decision.route),
  backend: forwarded(sharesText),
  backends: forwarded(sharesText),
  path: forwarded(({ path }) => path),
  host: forwarded(({ host }, { authority }) => host ?? authority),
  location: ({ decision }) => is(decision.location),
  'retries.attempts': forwarded(({ retries }) => retries?.attempts.toString()),
  'retries.perTry': forwarded(({ retries }) => durationOf(retries?.perTryMs)),
  'retries.backoff': forwarded(({ retries }) => durationOf(retries?.backoffMs)),
  'retries.retryOn': forwarded(({ retries }) =>
    retries?.retryOn === undefined ? undefined : listText(retries.retryOn),
  ),
  timeout: forwarded(({ timeoutMs }) => durationOf(timeoutMs)),
};

/** A fact about what the backend gets; what the decision does not say of it is the provider's own. */
function forwarded(tell: (sent: Forwarded, request: HttpRequest) => string | undefined): (one: Case) => Fact {
  return ({ decision, request }) =>
    is(decision.forwarded === undefined ? undefined : (tell(decision.forwarded, request) ?? "the provider's own"));
}

function sharesText({ backends }: Forwarded): string {
  return splitText(Object.fromEntries(backends.map(({ name, weight }) => [name, weight])));
}

function durationOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : durationText(ms);
}

/** The backend's own status is nobody's to decide; it is left open only where the case says that a backend answers. */
function statusFact({ expect, decision: { status, outcome } }: Case): Fact {
  if (status !== undefined || outcome !== 'route') return is(status === undefined ? undefined : String(status));
  const isMeant = expect.outcome === 'route' || splitOf(expect) !== undefined;
  return isMeant ? { unknown: 'a backend answers, so only --live can tell' } : is("the backend's own");
}

/** What the route sets takes the place of what the client sent. */
function headerFact(name: string, { request, decision }: Case): Fact {
  if (decision.forwarded === undefined) return is(undefined);
  const { setHeaders, addHeaders, removeHeaders } = decision.forwarded;
  const named = (headers: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
  const set = named(setHeaders);
  if (set.length > 0) return { is: set };
  const sent = request.headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value.trim());
  return { is: [...(removeHeaders.includes(name) ? [] : sent), ...named(addHeaders)] };
}
