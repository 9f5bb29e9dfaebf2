/** Compares what was seen with what was decided. */
import { acceptance } from '../../../src/cli/route-test/binomial.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import type { Expected, HeaderTexts } from './expected.ts';
import type { Observed } from './observed.ts';

/**
 * How an observation differs from everything that may be seen, as sentences about the nearest expectation; empty: it
 * does not. `isBodiless`: the answer could not tell who gave it (HEAD), so only status and Location count.
 */
export function differences(expected: readonly Expected[], observed: Observed, isBodiless = false): readonly string[] {
  const each = expected.map((one) => differencesFrom(one, observed, isBodiless));
  return [...each].sort((a, b) => a.length - b.length).at(0) ?? ['nothing was expected'];
}

function differencesFrom(expected: Expected, observed: Observed, isBodiless: boolean): readonly string[] {
  if (expected.is === 'none') {
    return observed.is === 'none' ? [] : [`no answer was expected, got ${observed.status}`];
  }
  if (observed.is === 'none') return [`an answer was expected, got none: ${observed.why}`];
  if (expected.is === 'proxy') {
    return [
      ...unequal('status', expected.status, observed.status),
      ...unequal('location', expected.location, observed.location),
      ...(expected.body === undefined || isBodiless ? [] : unequal('body', expected.body, observed.body)),
      ...unequalHeaders('in the answer', expected.responseHeaders, observed.responseHeaders),
      ...(observed.seen === undefined ? [] : [`a pod answered: ${observed.seen.pod}`]),
    ];
  }
  const { seen, status } = observed;
  const answered = unequalHeaders('in the answer', expected.responseHeaders, observed.responseHeaders);
  if (isBodiless) return [...unequal('status', 200, status), ...answered];
  if (seen === undefined) return [`pod ${expected.pods.join(' or ')} was expected, a proxy answered ${status}`];
  const pod = `${seen.pod}:${seen.port}`;
  return [
    ...(expected.pods.includes(pod) ? [] : [`pod ${expected.pods.join(' or ')} was expected, got ${pod}`]),
    ...unequal('path at the pod', expected.path, seen.path),
    ...unequalHeaders('at the pod', expected.headers, seen.headers),
    ...answered,
  ];
}

function unequalHeaders(
  where: string,
  wanted: HeaderTexts = {},
  got: Readonly<Record<string, string>> = {},
): readonly string[] {
  return Object.entries(wanted).flatMap(([name, value]) => unequal(`header ${name} ${where}`, value, got[name]));
}

function unequal(what: string, wanted: unknown, got: unknown): readonly string[] {
  return wanted === got ? [] : [`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`];
}

/**
 * How often a pod gets a request that it always answers with 500; undefined where the provider's own rules decide.
 * The decision's retries are the only ones that answer to 500.
 */
export function triesAtFailure({ forwarded }: Decision): number | undefined {
  if (forwarded === undefined) return undefined;
  const { retries } = forwarded;
  if (retries === undefined || retries.attempts === 0) return 1;
  if (retries.retryOn === undefined) return 1;
  return retries.retryOn.includes('5xx') ? 1 + retries.attempts : undefined;
}

/** Counts of answers per pod group beside their shares in percent. */
export type Counted = { readonly name: string; readonly share: number; readonly count: number };

/** How seldom a sound split is reported: once in 150,000 counts. */
const rarely = 6.8e-6;

/** Backends whose count cannot come from their share. */
export function wrongShares(counted: readonly Counted[]): readonly string[] {
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  return counted.flatMap(({ name, share, count }) => {
    const { least, most } = acceptance(total, share / 100, rarely);
    return least <= count && count <= most ? [] : [`${name} has ${share} percent and got ${count} of ${total}`];
  });
}
