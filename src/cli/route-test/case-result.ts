/** Results: what became of each case. */
import type { DecisionJson } from '../question/decision-json.ts';
import type { Position } from '../input/finding.ts';
import type { Judgement } from './judgement.ts';
import type { RequestFields } from './request-fields.ts';

/** `NotJudged`: not one expectation could be judged in this run. */
export type Verdict = 'Pass' | 'Fail' | 'NotJudged';

/** One case and what became of it. */
export type CaseResult = {
  /** The document: its name, or else its file. */
  readonly suite: string;
  readonly position: Position;
  readonly name: string;
  readonly request: RequestFields;
  readonly verdict: Verdict;
  readonly judgements: readonly Judgement[];
  /** What decided, as sentences without a full stop; none for a live case. */
  readonly reasons: readonly string[];
  /** What was decided; absent for a live case. */
  readonly decision?: DecisionJson;
};

/** How many cases there are of each verdict, and how many expectations of the others were not judged. */
export type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly notJudged: number;
  readonly expectationsNotJudged: number;
};

/** A case fails with one expectation, and passes where one holds and none fails. */
export function verdictOf(judgements: readonly Judgement[]): Verdict {
  if (judgements.some(({ verdict }) => verdict === 'Fails')) return 'Fail';
  return judgements.some(({ verdict }) => verdict === 'Holds') ? 'Pass' : 'NotJudged';
}

/** Counts the results. */
export function countResults(results: readonly CaseResult[]): Counts {
  const countOf = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  const open = results.filter(({ verdict }) => verdict !== 'NotJudged').flatMap(({ judgements }) => judgements);
  return {
    passed: countOf('Pass'),
    failed: countOf('Fail'),
    notJudged: countOf('NotJudged'),
    expectationsNotJudged: open.filter(({ verdict }) => verdict === 'NotJudged').length,
  };
}

/** The request in one line: `GET URL, x-beta: 1, from payments/billing`. */
export function requestText(request: RequestFields): string {
  const { method = 'GET', url, headers = [], clientCertificate, bodyBytes, clientIp, claims, from } = request;
  const lines = headers.map(({ name, value }) => `${name}: ${value}`.trimEnd());
  const body = bodyBytes === undefined ? [] : [`${bodyBytes} bytes`];
  const circumstances = [
    ...(clientIp === undefined ? [] : [`client ${clientIp}`]),
    ...(clientCertificate === undefined ? [] : [`${clientCertificate.toLowerCase()} certificate`]),
    ...(claims === undefined ? [] : [`token ${JSON.stringify(claims)}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
  ];
  return [`${method} ${url}`, ...lines, ...body, ...circumstances].join(', ');
}
