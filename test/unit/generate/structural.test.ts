import { openApiSchema } from '../../../hack/generate/crd.ts';
import { children } from '../../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../../src/cli/docs/schema-node.ts';
import { structural } from '../../../hack/generate/structural.ts';

const field = (node: SchemaNode): SchemaNode => ({ type: 'object', properties: { a: { description: 'A.', ...node } } });

describe('the structural pass', () => {
  test.each([
    ['a junctor', { type: 'string', maxLength: 1, anyOf: [] }, 'a CRD cannot say anyOf'],
    ['an unbounded text', { type: 'string' }, 'is a text without maxLength'],
    [
      'an unbounded list',
      { type: 'array', items: { type: 'integer' }, 'x-kubernetes-list-type': 'atomic' },
      'is a list without maxItems',
    ],
    [
      'a list that nobody said how to merge',
      { type: 'array', items: { type: 'integer' }, maxItems: 1 },
      'has no list type',
    ],
    [
      'an unbounded map',
      { type: 'object', additionalProperties: { type: 'integer' } },
      'is a map without maxProperties',
    ],
    [
      'a field without a description',
      { type: 'object', properties: { b: { type: 'integer' } } },
      'without a description',
    ],
    ['a pattern that no rule explains', { type: 'string', maxLength: 1, pattern: '^a$' }, 'without a CEL rule'],
    [
      'a pattern that RE2 does not know',
      {
        type: 'string',
        maxLength: 1,
        'x-kubernetes-validations': [{ rule: "self.matches(r'^(?=a)')", message: 'm' }],
      },
      'RE2 does not know the pattern ^(?=a)',
    ],
  ])('refuses %s', (_what, node, message) => {
    expect(() => structural(field(node), 'X')).toThrow(message);
  });

  test('keeps what a CRD can say and leaves out what is only ours', () => {
    const node = { type: 'integer', minimum: 1, 'x-absent': 'one', 'x-becomes': 'Service.spec', description: 'A.' };
    expect(structural(field(node), 'X')).toEqual({
      type: 'object',
      properties: { a: { description: 'A. Becomes Service.spec. Default: one.', type: 'integer', minimum: 1 } },
    });
  });
});

describe('the schema of the CRD', () => {
  const all = (node: SchemaNode): readonly SchemaNode[] => [node, ...children(node).flatMap(([, child]) => all(child))];

  test('has no default but that of status', () => {
    const defaults = all(openApiSchema()).flatMap((node) => (node.default === undefined ? [] : [node.default]));
    expect(defaults).toEqual([{ observedGeneration: -1 }]);
  });

  test('merges lists and maps as server-side apply was promised', () => {
    const kindOf = (node: SchemaNode): unknown => node['x-kubernetes-map-type'] ?? node['x-kubernetes-list-type'];
    const isAtomicList = (node: SchemaNode): boolean => node['x-kubernetes-list-type'] === 'atomic';
    const topology = (node: SchemaNode, path: string): readonly (readonly [string, unknown])[] => [
      ...(kindOf(node) === undefined || isAtomicList(node) ? [] : [[path, kindOf(node)] as const]),
      ...children(node).flatMap(([step, child]) => topology(child, path + step)),
    ];
    expect(topology(openApiSchema(), '')).toEqual([
      ['.spec.ports', 'map'],
      ['.spec.app.selector', 'atomic'],
      ['.spec.backends.*.labels', 'atomic'],
      ['.spec.split', 'atomic'],
      ['.spec.external.hosts', 'set'],
      ['.spec.external.routes', 'map'],
      ['.spec.external.routes[].split', 'atomic'],
      ['.spec.external.tcp', 'map'],
      ['.spec.internal.routes', 'map'],
      ['.spec.internal.routes[].split', 'atomic'],
      ['.spec.resilience.loadBalancing.locality.distribute[].to', 'atomic'],
      ['.status.conditions', 'map'],
    ]);
  });
});
