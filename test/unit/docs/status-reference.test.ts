import { status } from '../../../src/api/v1alpha1/status.ts';
import { problemCodes } from '../../../src/model/problem-codes.ts';
import { generalReasons } from '../../../src/report/condition-reasons.ts';
import type { ConditionType } from '../../../src/report/conditions.ts';
import { eventReasons } from '../../../src/report/event-reasons.ts';
import { tableBelow } from '../../docs/markdown.ts';

const page = 'docs/reference/status.md';

const rowsBelow = (heading: string): readonly (readonly string[])[] => tableBelow(page, heading);
const code = (text: string): string => `\`${text}\``;
const first = (rows: readonly (readonly string[])[]): readonly string[] => rows.map(([cell = '']) => cell);

describe('the reference of status', () => {
  it('has every condition', () => {
    const types = Object.keys({
      Ready: true,
      Accepted: true,
      ResolvedRefs: true,
      Programmed: true,
      Reconciling: true,
      Stalled: true,
      Conflicted: true,
      PartiallyInvalid: true,
      Paused: true,
      Reachable: true,
    } satisfies Record<ConditionType, true>);
    expect(first(rowsBelow('Conditions'))).toEqual(types.map(code));
  });

  it('has every reason, event and problem code in the words of the registries', () => {
    expect({
      reasons: rowsBelow('Reasons of conditions'),
      events: rowsBelow('Events'),
      problems: rowsBelow('Problem codes'),
    }).toEqual({
      reasons: Object.entries(generalReasons).map(([reason, meaning]) => [code(reason), meaning]),
      events: Object.entries(eventReasons).map(([reason, { type, meaning }]) => [code(reason), type, meaning]),
      problems: Object.entries(problemCodes).map(([name, { title, condition, reason }]) => [
        `[${name}](../problems/${name}.md)`,
        title,
        condition === 'Warning' ? 'a Warning' : `${code(condition)}, ${code(reason)}`,
      ]),
    });
  });

  it('has every state of a host and of a child', () => {
    const { hosts, children } = status.shape;
    const statesOf = (list: typeof hosts | typeof children): readonly string[] =>
      list.unwrap().element.shape.state.options.map(code);
    expect([first(rowsBelow('Hosts')), first(rowsBelow('Children'))]).toEqual([statesOf(hosts), statesOf(children)]);
  });
});
