import { failureLines, rowOf, tableOf } from '../../mesh/probers/report.ts';
import type { Judged } from '../../mesh/probers/report.ts';
import type { Verdict } from '../../mesh/probers/verdict.ts';

const sentAt = Date.parse('2026-01-01T10:00:00.250Z');
const judged = (verdict: Verdict): Judged => ({
  probe: 'GET /a',
  phase: 'changing',
  sample: { sentAt, answeredAt: sentAt + 12.4, observed: { is: 'none', why: '' } },
  verdict,
});
const all = [
  judged({ gives: ['old'] }),
  judged({ gives: ['new'] }),
  judged({ gives: ['new'] }),
  judged({ gives: ['old', 'new'] }),
  judged({ failed: 'status 503' }),
];

it('answers are counted by the spec that gives them', () => {
  expect(rowOf('weights', all, 3)).toEqual({
    scenario: 'weights',
    sent: 5,
    old: 1,
    new: 2,
    either: 1,
    failed: 1,
    leftOut: 3,
  });
});

it('a failure is told with its moment, how long it took, the phase and the probe', () => {
  expect(failureLines(all)).toEqual(['10:00:00.250 +12 ms, changing, GET /a: status 503']);
});

it('the table has a line for every scenario', () => {
  expect(tableOf([rowOf('weights', all, 0), rowOf('TLS is switched on', [], 0)]).split('\n')).toEqual([
    'SCENARIO            SENT  OLD SPEC  NEW SPEC  EITHER  FAILED  LEFT OUT',
    'weights                5         1         2       1       1         0',
    'TLS is switched on     0         0         0       0       0         0',
  ]);
});
