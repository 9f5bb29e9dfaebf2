import { admitsAll, meetOf } from '../../../src/plan/access.ts';

const checkout = { serviceAccounts: ['shop/checkout'] };
const rule = (source?: object, operation?: object) => ({
  ...(source === undefined ? {} : { from: [{ source }] }),
  ...(operation === undefined ? {} : { to: [{ operation }] }),
});

describe('what two lists of rules admit both', () => {
  it.each([
    ['the same rule', [rule(checkout)], [rule(checkout)], [rule(checkout)]],
    ['nobody of other callers', [rule(checkout)], [rule({ serviceAccounts: ['shop/billing'] })], []],
    ['a caller of a namespace', [rule(checkout)], [rule({ namespaces: ['shop'] })], [rule(checkout)]],
    ['nobody of another namespace', [rule(checkout)], [rule({ namespaces: ['blog'] })], []],
    ['a caller where anybody may', [rule()], [rule(checkout)], [rule(checkout)]],
    [
      'methods and ports of both',
      [rule(checkout, { methods: ['GET', 'POST'], ports: ['8080'] })],
      [rule(checkout, { methods: ['PUT', 'GET'] })],
      [rule(checkout, { methods: ['GET'], ports: ['8080'] })],
    ],
    [
      'nothing without a method of both',
      [rule(checkout, { methods: ['GET'] })],
      [rule(checkout, { methods: ['PUT'] })],
      [],
    ],
    [
      'the narrower of two paths',
      [rule(checkout, { paths: ['/a', '/b/*'] })],
      [rule(checkout, { paths: ['/*'] }), rule(checkout, { paths: ['/b/c', '/bb'] })],
      [rule(checkout, { paths: ['/a', '/b/*'] })],
    ],
    ['no rule twice', [rule(checkout), rule(checkout)], [rule(checkout), rule()], [rule(checkout)]],
  ])('is %s', (_, a, b, both) => {
    expect([meetOf(a, b), meetOf(b, a)]).toEqual([both, both]);
    expect([admitsAll(a, both), admitsAll(b, both)]).toEqual([true, true]);
  });

  it.each([
    ['a condition', { ...rule(checkout), when: [{ key: 'request.headers[x]', values: ['1'] }] }],
    ['two sources', { from: [{ source: checkout }, { source: { namespaces: ['blog'] } }] }],
    ['a source of another kind', rule({ ipBlocks: ['10.0.0.0/8'] })],
    ['an operation of another kind', rule(checkout, { notPaths: ['/a'] })],
  ])('is not known with %s, which the operator never writes', (_, strange) => {
    expect([meetOf([strange], [rule()]), meetOf([rule()], [strange]), admitsAll([rule()], [strange])]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it('is not all that one of them admits where it admits more', () => {
    expect(admitsAll([rule(checkout)], [rule()])).toBe(false);
    expect(admitsAll([rule(checkout, { ports: ['80'] })], [rule(checkout)])).toBe(false);
  });
});
