import { hashOf, stableText } from '../../../src/kube/hash.ts';

test('the order of keys does not count, the order of lists does', () => {
  expect(stableText({ b: 1, a: { d: [2, 1], c: null } })).toBe('{"a":{"c":null,"d":[2,1]},"b":1}');
  expect(hashOf({ b: 1, a: 2 })).toBe(hashOf({ a: 2, b: 1 }));
  expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
});

test('a property that is undefined does not count', () => {
  expect(hashOf({ a: 1, b: undefined })).toBe(hashOf({ a: 1 }));
});
