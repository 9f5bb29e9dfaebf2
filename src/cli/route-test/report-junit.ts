/** The report that CI systems read: JUnit's XML, as far as all of them agree on it. */
import { findingLine } from '../input/finding.ts';
import type { Finding } from '../input/finding.ts';
import { requestText } from './case-result.ts';
import type { CaseResult } from './case-result.ts';
import type { Judgement } from './judgement.ts';
import { xmlText } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** The report as JUnit XML. Errors in the input are cases of a suite of their own, so that no report without failures hides them. */
export function reportJunit(results: readonly CaseResult[], findings: readonly Finding[]): string {
  const names = [...new Set(results.map(({ suite }) => suite))];
  const errors = findings.filter(({ severity }) => severity === 'Error');
  const suites = [
    ...names.map((name) => suiteOf(name, results.filter(({ suite }) => suite === name).map(caseOf))),
    ...(errors.length === 0 ? [] : [suiteOf('input', errors.map(errorCase))]),
  ];
  return xmlText({
    name: 'testsuites',
    attributes: { name: 'apptraffic test', ...totals(suites.map(({ counts }) => counts)) },
    children: suites.map(({ element }) => element),
  });
}

type SuiteCounts = {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
};

function totals(all: readonly SuiteCounts[]): SuiteCounts {
  const sum = (key: keyof SuiteCounts): number => all.reduce((before, counts) => before + counts[key], 0);
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') };
}

function suiteOf(
  name: string,
  cases: readonly XmlElement[],
): { readonly counts: SuiteCounts; readonly element: XmlElement } {
  const having = (child: string): number =>
    cases.filter(({ children }) => typeof children !== 'string' && children.some((one) => one.name === child)).length;
  const counts = {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
  return { counts, element: { name: 'testsuite', attributes: { name, ...counts }, children: cases } };
}

function caseOf(result: CaseResult): XmlElement {
  const { suite, name, position, request, verdict, judgements, reasons } = result;
  const failed = judgements.filter((one) => one.verdict === 'Fails');
  const open = judgements.filter((one) => one.verdict === 'NotJudged');
  const failure = {
    name: 'failure',
    attributes: { message: failed.map(failureText).join('; ') },
    children: [requestText(request), ...failed.map(failureText), ...reasons].join('\n'),
  };
  const skipped = { name: 'skipped', attributes: { message: open.map(openText).join('; ') }, children: [] };
  const remarks = { name: 'system-out', attributes: {}, children: open.map(openText).join('\n') };
  return {
    name: 'testcase',
    attributes: { classname: suite, name, file: position.file, line: position.line },
    children: [
      ...(verdict === 'Fail' ? [failure] : []),
      ...(verdict === 'NotJudged' ? [skipped] : []),
      ...(verdict !== 'NotJudged' && open.length > 0 ? [remarks] : []),
    ],
  };
}

function failureText({ field, expected, got }: Judgement): string {
  return `${field}: expected ${expected}, got ${got}`;
}

function openText({ field, got }: Judgement): string {
  return `${field} is not judged: ${got}`;
}

function errorCase(finding: Finding): XmlElement {
  const { position, message } = finding;
  const place = 'line' in position ? `${position.file}:${position.line}:${position.column}` : position.file;
  return {
    name: 'testcase',
    attributes: { classname: 'input', name: place },
    children: [{ name: 'error', attributes: { message }, children: findingLine(finding) }],
  };
}
