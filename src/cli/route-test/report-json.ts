/** The report that a program reads (docs/reference/route-test.md). */
import type { Finding } from '../input/finding.ts';
import { countResults } from './case-result.ts';
import type { CaseResult } from './case-result.ts';

/** The report as JSON; every key is always there. */
export function reportJson(results: readonly CaseResult[], findings: readonly Finding[]): string {
  const report = {
    ...countResults(results),
    cases: results.map(({ suite, position, name, request, verdict, judgements, reasons, decision }) => ({
      suite,
      ...position,
      name,
      request: {
        method: request.method ?? 'GET',
        url: request.url,
        headers: request.headers ?? [],
        from: request.from ?? 'internet',
      },
      result: verdict,
      expectations: judgements.map(({ field, verdict: result, expected, got }) => ({ field, result, expected, got })),
      reasons,
      decision: decision ?? null,
    })),
    findings: findings.map(({ position, ...rest }) => ({ ...position, ...rest })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
