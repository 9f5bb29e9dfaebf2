/** The report that a person reads: a table of the cases of each document, then what there is to say of single ones. */
import { table } from '../columns.ts';
import { countResults, requestText } from './case-result.ts';
import type { CaseResult, Counts } from './case-result.ts';
import type { Judgement } from './judgement.ts';

/** The whole report; the last line sums up. */
export function reportText(results: readonly CaseResult[]): string {
  const suites = [...new Set(results.map(({ suite }) => suite))];
  const tables = suites.map((suite) => {
    const own = results.filter((result) => result.suite === suite);
    return `${suite}:\n${table(tableRows(own))}`;
  });
  const remarks = results.flatMap(remarksOn).map((line) => `${line}\n`);
  return [
    ...tables,
    ...(remarks.length === 0 ? [] : [remarks.join('')]),
    `${summaryLine(countResults(results))}\n`,
  ].join('\n');
}

/** e.g. `4 passed, 1 failed`. */
export function summaryLine({ passed, failed, notJudged, expectationsNotJudged }: Counts): string {
  const cases = [`${passed} passed`, `${failed} failed`, ...(notJudged === 0 ? [] : [`${notJudged} not judged`])].join(
    ', ',
  );
  if (expectationsNotJudged === 0) return cases;
  return `${cases}; ${expectationsNotJudged} ${expectationsNotJudged === 1 ? 'expectation' : 'expectations'} not judged`;
}

const words = { Pass: 'Pass', Fail: 'Fail', NotJudged: 'Not judged' } as const;
const titles = ['RESULT', 'NAME', 'REQUEST', 'EXPECTED', 'GOT'];

function tableRows(results: readonly CaseResult[]): readonly (readonly string[])[] {
  const hasFailures = results.some(({ verdict }) => verdict === 'Fail');
  return [hasFailures ? titles : titles.slice(0, 3), ...results.flatMap(rowsOf)];
}

/** One row a case; one for each expectation that failed. */
function rowsOf(result: CaseResult): readonly (readonly string[])[] {
  const { name, request, verdict, judgements } = result;
  const head = [words[verdict], name, requestText(request)];
  const failed = judgements.filter((judgement) => judgement.verdict === 'Fails');
  if (failed.length === 0) return [head];
  return failed.map(({ field, expected, got }, at) => [
    ...(at === 0 ? head : ['', '', '']),
    `${field} ${expected}`,
    got,
  ]);
}

/** Why a case failed, what of it was not judged, and the counts behind weights that hold. */
function remarksOn(result: CaseResult): readonly string[] {
  const {
    position: { file, line, column },
    name,
    verdict,
    judgements,
    reasons,
  } = result;
  const place = `${file}:${line}:${column}  ${name}: `;
  return [...(verdict === 'Fail' ? reasons : []), ...judgements.flatMap(remarkOn), ...weightRemarks(result)].map(
    (text) => `${place}${text}.`,
  );
}

/** Shares that hold offline are those of the spec, which another controller may have moved. */
function weightRemarks({ judgements, decision }: CaseResult): readonly string[] {
  const manager = decision?.weightsManagedBy ?? undefined;
  if (manager === undefined) return [];
  return judgements.flatMap(({ field, verdict }) =>
    (field === 'backend' || field === 'backends') && verdict === 'Holds'
      ? [`${field} is judged by the weights of the spec, which ${manager} moves`]
      : [],
  );
}

function remarkOn({ field, verdict, got, expected }: Judgement): readonly string[] {
  if (verdict === 'NotJudged') return [`${field} is not judged: ${got}`];
  const isCounted = verdict === 'Holds' && (field === 'backend' || field === 'backends') && got !== expected;
  return isCounted ? [`${field} ${expected}: ${got}`] : [];
}
