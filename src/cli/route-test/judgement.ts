/** Judgements: one expectation of a case beside what was found. */
import { durationMs, durationText } from '../../schema/duration.ts';
import type { ExpectationFields } from './expectation-fields.ts';

/** `NotJudged`: this run cannot tell; that is said, and counts as nothing. */
export type JudgementVerdict = 'Holds' | 'Fails' | 'NotJudged';

/** One expectation and what came of it. */
export type Judgement = {
  /** As in the document, e.g. `status` or `requestHeaders.x-beta`. */
  readonly field: string;
  readonly verdict: JudgementVerdict;
  /** As text, e.g. `canary 10, stable 90`. */
  readonly expected: string;
  /** What was found instead or as well; of what is not judged, why. */
  readonly got: string;
};

/** One expectation as text, so that all of them are compared alike. */
export type Wish = { readonly field: WishField; readonly wanted: string };

/** The place of an expectation in the document; that of a header has its name in lower case. */
export type WishField = PlainField | HeaderField;

/** Every place but those of headers. */
export type PlainField =
  | Exclude<keyof ExpectationFields, 'requestHeaders' | 'retries'>
  | `retries.${keyof NonNullable<ExpectationFields['retries']>}`;

/** The place of a header that the backend sees. */
export type HeaderField = `requestHeaders.${string}`;

/** What is known of a field: the texts that would all be true (none: there is no such thing), or why it is not known. */
export type Fact = { readonly is: readonly string[] } | { readonly unknown: string };

/** The word for what is not there. */
const nothing = 'none';

/** The expectations of a case, in the order of the field reference. */
export function wishesOf(expect: ExpectationFields): readonly Wish[] {
  const { outcome, status, app, route, path, host, location, timeout } = expect;
  const headers = Object.entries(expect.requestHeaders ?? {});
  return [
    ...wish('outcome', outcome),
    ...wish('status', status),
    ...wish('app', app),
    ...wish('route', route),
    ...wish('backend', expect.backend),
    ...wish('backends', expect.backends === undefined ? undefined : splitText(withoutZeros(expect.backends))),
    ...wish('path', path),
    ...wish('host', host),
    ...headers.flatMap(([name, value]) => wish(`requestHeaders.${name.toLowerCase()}`, value)),
    ...wish('location', location),
    ...retryWishes(expect.retries ?? {}),
    ...wish('timeout', timeout === undefined ? undefined : durationText(durationMs(timeout))),
  ];
}

function retryWishes({
  attempts,
  perTry,
  backoff,
  retryOn,
}: NonNullable<ExpectationFields['retries']>): readonly Wish[] {
  return [
    ...wish('retries.attempts', attempts),
    ...wish('retries.perTry', perTry === undefined ? undefined : durationText(durationMs(perTry))),
    ...wish('retries.backoff', backoff === undefined ? undefined : durationText(durationMs(backoff))),
    ...wish('retries.retryOn', retryOn === undefined ? undefined : listText(retryOn)),
  ];
}

function wish(field: WishField, wanted: string | number | undefined): readonly Wish[] {
  return wanted === undefined ? [] : [{ field, wanted: String(wanted) }];
}

/** The name of the header that a place is for, in lower case. */
export function headerOf(field: HeaderField): string {
  return field.slice('requestHeaders.'.length);
}

/** Whether the place is that of a header. */
export function isHeader(field: WishField): field is HeaderField {
  return field.startsWith('requestHeaders.');
}

/** A list of which the order does not count. */
export function listText(list: readonly string[]): string {
  return [...list].sort().join(', ');
}

/** The expected weights in percent, without those of 0; undefined: none are expected. `backend` is a split with one side. */
export function splitOf({ backend, backends }: ExpectationFields): Readonly<Record<string, number>> | undefined {
  if (backend !== undefined) return { [backend]: 100 };
  return backends === undefined ? undefined : withoutZeros(backends);
}

function withoutZeros(split: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(split).filter(([, weight]) => weight > 0));
}

/** `canary 10, stable 90`, sorted by name; a backend that gets everything is its name alone. */
export function splitText(split: Readonly<Record<string, number>>): string {
  return Object.entries(split)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, weight]) => (weight === 100 ? name : `${name} ${weight}`))
    .join(', ');
}

/** Puts a fact beside what was wished for. */
export function judge({ field, wanted }: Wish, fact: Fact): Judgement {
  const named = { field, expected: wanted };
  if ('unknown' in fact) return { ...named, verdict: 'NotJudged', got: fact.unknown };
  const got = fact.is.length === 0 ? nothing : fact.is.join(' or ');
  return { ...named, verdict: fact.is.includes(wanted) ? 'Holds' : 'Fails', got };
}
