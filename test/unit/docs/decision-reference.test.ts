import { decisionJson } from '../../../src/cli/question/decision-json.ts';
import type { Outcome, Verdict } from '../../../src/decide/decision.ts';
import { tableBelow } from '../../docs/markdown.ts';

/** The first cell of every row below a heading. */
const namesBelow = (heading: string): readonly string[] =>
  tableBelow('docs/reference/decision.md', heading).map(([cell = '']) => cell.replaceAll('`', ''));

describe('the reference of decisions', () => {
  it('has every key of the JSON, in its order', () => {
    const json = decisionJson({ outcome: 'notFound', candidates: [], why: '', notes: [] });
    expect(namesBelow('Keys')).toEqual(Object.keys(json));
  });

  it('has every outcome and verdict', () => {
    const outcomes = {
      route: true,
      redirect: true,
      respond: true,
      deny: true,
      unauthorized: true,
      notFound: true,
    } satisfies Record<Outcome, true>;
    const verdicts = { wins: true, loses: true, noMatch: true } satisfies Record<Verdict, true>;
    expect({ outcomes: namesBelow('Outcomes'), verdicts: namesBelow('Verdicts') }).toEqual({
      outcomes: Object.keys(outcomes),
      verdicts: Object.keys(verdicts),
    });
  });
});
