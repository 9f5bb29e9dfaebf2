import type { Expected } from '../../mesh/differential/expected.ts';
import type { Observed } from '../../mesh/differential/observed.ts';
import { judge, specsDuring } from '../../mesh/probers/verdict.ts';

const timeline = [
  { from: Number.NEGATIVE_INFINITY, specs: ['old'] },
  { from: 100, specs: ['old', 'new'] },
  { from: 200, specs: ['new'] },
];
const at = (sentAt: number, answeredAt: number, observed: Observed = { is: 'none', why: '' }) => ({
  sentAt,
  answeredAt,
  observed,
});

it.each([
  ['before the change', 10, 20, ['old']],
  ['across its beginning', 90, 110, ['old', 'new']],
  ['during the change', 110, 120, ['old', 'new']],
  ['across its end', 190, 210, ['old', 'new']],
  ['across all of it', 90, 210, ['old', 'new']],
  ['after the change', 200, 210, ['new']],
])('an answer asked for and given %s is judged by the specs in force then', (_, sentAt, answeredAt, specs) => {
  expect(specsDuring(timeline, at(sentAt, answeredAt))).toEqual(specs);
});

const pod = (name: string): Expected => ({ is: 'pod', pods: [`team/${name}:8080`], path: '/a', headers: {} });
const byPod = (name: string, status = 200): Observed => ({
  is: 'answer',
  status,
  seen: { pod: `team/${name}`, port: 8080, path: '/a', headers: {} },
  tries: 1,
});
const byProxy = (status: number): Observed => ({ is: 'answer', status, tries: 0 });
const allowed = (spec: string): readonly Expected[] =>
  spec === 'old' ? [pod('v1')] : [pod('v2'), { is: 'proxy', status: 404 }, { is: 'proxy', status: 503 }];
const verdict = (sentAt: number, observed: Observed) => judge(at(sentAt, sentAt, observed), timeline, allowed);

it.each<readonly [string, number, Observed, readonly string[]]>([
  ['the old spec before the change', 10, byPod('v1'), ['old']],
  ['the old spec during the change', 150, byPod('v1'), ['old']],
  ['the new spec during the change', 150, byPod('v2'), ['new']],
  ['one of several answers of the new spec', 250, byProxy(404), ['new']],
])('an answer that %s gives is fine', (_, sentAt, observed, gives) => {
  expect(verdict(sentAt, observed)).toEqual({ gives });
});

it('an answer that both specs give counts for both', () => {
  const sample = at(150, 160, byPod('v1'));
  expect(judge(sample, timeline, () => [pod('v1')])).toEqual({ gives: ['old', 'new'] });
});

it.each<readonly [string, number, Observed, string]>([
  [
    'a broken connection',
    150,
    { is: 'none', why: 'ECONNRESET during response' },
    'no answer: ECONNRESET during response',
  ],
  ['a 5xx of a proxy, even where a spec says so', 250, byProxy(503), 'status 503'],
  ['a 5xx of a pod', 10, byPod('v1', 500), 'status 500'],
  [
    'an answer of the new spec before the change',
    10,
    byPod('v2'),
    'not as old: pod team/v1:8080 was expected, got team/v2:8080',
  ],
  [
    'an answer of the old spec after the change',
    250,
    byPod('v1'),
    'not as new: pod team/v2:8080 was expected, got team/v1:8080',
  ],
  [
    'an answer of neither spec',
    150,
    byProxy(403),
    'not as old: pod team/v1:8080 was expected, a proxy answered 403; not as new: pod team/v2:8080 was expected, a proxy answered 403',
  ],
])('%s is a failure', (_, sentAt, observed, failed) => {
  expect(verdict(sentAt, observed)).toEqual({ failed });
});
