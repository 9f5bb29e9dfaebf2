/** What probers found: counts, and every failure with its moment. */
import type { Sample, Verdict } from './verdict.ts';

/** A judged answer. */
export type Judged = {
  readonly probe: string;
  /** The phase of the scenario in which it was sent. */
  readonly phase: string;
  readonly sample: Sample;
  readonly verdict: Verdict;
};

/** A row of the table; `either`: an answer that the old spec gives as well as the new one. */
export type Row = {
  readonly scenario: string;
  readonly sent: number;
  readonly old: number;
  readonly new: number;
  readonly either: number;
  readonly failed: number;
  /** Requests that were not sent because too many answers were outstanding. */
  readonly leftOut: number;
};

/** Counts the answers of a scenario. */
export function rowOf(scenario: string, judged: readonly Judged[], leftOut: number): Row {
  const kinds = judged.map(({ verdict }) => kindOf(verdict));
  const count = (kind: ReturnType<typeof kindOf>): number => kinds.filter((one) => one === kind).length;
  return {
    scenario,
    sent: judged.length,
    old: count('old'),
    new: count('new'),
    either: count('either'),
    failed: count('failed'),
    leftOut,
  };
}

function kindOf(verdict: Verdict): 'old' | 'new' | 'either' | 'failed' {
  if ('failed' in verdict) return 'failed';
  const { gives } = verdict;
  if (gives.includes('new')) return gives.includes('old') ? 'either' : 'new';
  return 'old';
}

/** One line per failure: the moment it was sent (UTC), how long it took, the phase, the probe, and what is wrong. */
export function failureLines(judged: readonly Judged[]): readonly string[] {
  return judged.flatMap(({ probe, phase, sample, verdict }) => {
    if (!('failed' in verdict)) return [];
    const { sentAt, answeredAt } = sample;
    const at = new Date(sentAt).toISOString().slice(11, 23);
    return [`${at} +${Math.round(answeredAt - sentAt)} ms, ${phase}, ${probe}: ${verdict.failed}`];
  });
}

/** The rows as a table of text. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['SCENARIO', 'SENT', 'OLD SPEC', 'NEW SPEC', 'EITHER', 'FAILED', 'LEFT OUT'];
  const cells = [
    head,
    ...rows.map((row) => [
      row.scenario,
      ...[row.sent, row.old, row.new, row.either, row.failed, row.leftOut].map(String),
    ]),
  ];
  const widths = head.map((_title, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((line) => line.join('  '))
    .join('\n');
}
