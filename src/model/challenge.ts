/** What an answer tells a client that came without a token (RFC 6750 §3). */
import type { HeaderEdits, HeaderLine } from './route.ts';

/** The header line. */
export const challenge: HeaderLine = { name: 'www-authenticate', value: 'Bearer' };

/** The edits of such an answer: the route's own, and the challenge where they say nothing of that header. */
export function challenged(edits?: HeaderEdits): HeaderEdits {
  const { set, add, remove } = edits ?? { set: [], add: [], remove: [] };
  const names = [...set.map(({ name }) => name), ...add.map(({ name }) => name), ...remove];
  if (names.includes(challenge.name)) return { set, add, remove };
  return { set: [...set, challenge].sort((a, b) => (a.name < b.name ? -1 : 1)), add, remove };
}
