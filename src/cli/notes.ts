/** What a command says beside its data: what it passed over, and what it took for granted. */
import type { Input } from './input/read-input.ts';

/** The notes, one line each. `assumed` as in OfflineResult. */
export function notes({ ignored }: Pick<Input, 'ignored'>, assumed: readonly string[]): string {
  const kinds = ignored.map(({ kind, count }) => (count === 1 ? kind : `${kind} (${count})`));
  const lines = [
    ...(kinds.length === 0 ? [] : [`ignored, since nothing here depends on them: ${kinds.join(', ')}`]),
    ...(assumed.length === 0 ? [] : [`not given, so assumed to be there: ${assumed.join(', ')}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What is said of an input without a single AppTraffic. */
export const nothingToDo = 'there is no AppTraffic in the input. Fix: name a file that holds one.\n';
