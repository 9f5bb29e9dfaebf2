import { nearestName } from '../../../src/schema/nearest-name.ts';

test.each([
  ['externl', 'external'],
  ['prot', 'port'],
  ['Hosts', 'hosts'],
  ['zzz', undefined],
])('%s was meant to be %s', (word, meant) => {
  expect(nearestName(word, ['external', 'hosts', 'port', 'ports'])).toBe(meant);
});
