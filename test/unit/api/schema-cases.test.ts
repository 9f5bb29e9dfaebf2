import { rulesOf } from '../../../hack/generate/structural.ts';
import { children, zodSchema } from '../../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../../src/cli/docs/schema-node.ts';
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { pathText } from '../../../src/schema/path-text.ts';
import { appTrafficOf, boundaries } from '../../schema/boundaries.ts';
import { schemaCases } from '../../schema/cases.ts';

function refusals(value: unknown): readonly string[] {
  const parsed = parseAppTraffic(value);
  return parsed.ok ? [] : parsed.issues.map(({ path, message, fix }) => `${pathText(path)}: ${message}: ${fix}`);
}

function messagesOf(node: SchemaNode): readonly string[] {
  return [...rulesOf(node).map(({ message }) => message), ...children(node).flatMap(([, child]) => messagesOf(child))];
}

describe('an AppTraffic in test/schema/valid', () => {
  test.each(schemaCases('valid'))('is accepted: $title', ({ value }) => {
    expect(refusals(value)).toEqual([]);
  });
});

describe('an AppTraffic in test/schema/invalid', () => {
  const invalid = schemaCases('invalid');

  test.each(invalid)('is refused with every problem and its fix: $title', ({ value, refused }) => {
    expect(refused).not.toEqual([]);
    expect(refusals(value)).toEqual(refused);
  });

  test('shows every rule of the schema at work', () => {
    const shown = invalid.flatMap(({ refused }) => refused);
    const rules = [...new Set(messagesOf(zodSchema('openapi-3.0')))];
    expect(rules.filter((message) => !shown.some((line) => line.endsWith(`: ${message}`)))).toEqual([]);
  });
});

describe('the bounds of the schema', () => {
  test.each(boundaries)('end at $title', ({ inside, beyond }) => {
    expect(refusals(appTrafficOf(inside))).toEqual([]);
    expect(refusals(appTrafficOf(beyond))).not.toEqual([]);
  });
});
