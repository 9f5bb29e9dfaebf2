/** Regular expressions of routes, run on values of a request, with what RE2 would give (leftmost-first). */
import { programOf } from '../model/regex-program.ts';
import type { State } from '../model/regex-program.ts';

/** Where the groups begin and end, by slot. */
type Slots = readonly (number | undefined)[];

/** States in order of preference, each with the slots of the best way there. */
type Threads = ReadonlyMap<State, Slots>;

/** Whether the expression, of the subset that the schema takes, matches the whole text. */
export function matchesWhole(regex: string, text: string): boolean {
  return groupsOfWhole(regex, text) !== undefined;
}

/**
 * What the groups of the expression take from a text that it matches as a whole, the text itself first; undefined for a
 * group that took no part. Undefined where it does not match. A character is a code point.
 */
export function groupsOfWhole(regex: string, text: string): readonly (string | undefined)[] | undefined {
  const { start, end, groups } = programOf(regex);
  const chars = Array.from(text);
  let threads = follow([[start, []]], 0);
  for (const [at, char] of chars.entries()) {
    const taken = [...threads].flatMap(([{ test, next }, slots]) =>
      test?.test(char) === true ? next.map((state) => [state, slots] as const) : [],
    );
    threads = follow(taken, at + 1);
  }
  const slots = threads.get(end);
  if (slots === undefined) return undefined;
  const taken = Array.from({ length: groups }, (_, group) => {
    const [from, to] = [slots[2 * group + 2], slots[2 * group + 3]];
    return from === undefined || to === undefined ? undefined : chars.slice(from, to).join('');
  });
  return [text, ...taken];
}

/** These states and all that are reached from them without a character; whoever comes first to a state keeps it. */
function follow(from: Iterable<readonly [State, Slots]>, at: number): Threads {
  const found = new Map<State, Slots>();
  const add = (state: State, slots: Slots): void => {
    if (found.has(state)) return;
    const marked = state.slot === undefined ? slots : withSlot(slots, state.slot, at);
    found.set(state, marked);
    if (state.test === undefined) for (const next of state.next) add(next, marked);
  };
  for (const [state, slots] of from) add(state, slots);
  return found;
}

function withSlot(slots: Slots, slot: number, at: number): Slots {
  const marked = [...slots];
  marked[slot] = at;
  return marked;
}
