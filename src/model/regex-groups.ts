/** What is known of the text that a group of a regular expression takes from a path, without running it. */
import { programOf, reached } from './regex-program.ts';
import type { State } from './regex-program.ts';

/** Facts about one group, whatever path the expression matches as a whole; a group that takes no part takes empty text. */
export type GroupFacts = {
  /** Its text holds no `/`, no `.` and no `%`. */
  readonly isPlain: boolean;
  /** Its text stands right behind a slash. */
  readonly beginsSegment: boolean;
  /** Its text is empty or begins with a slash. */
  readonly isSlashed: boolean;
  /** What stands behind its text is a slash, or nothing. */
  readonly endsSegment: boolean;
  /** It takes part whenever the expression matches, and its text is never empty. */
  readonly isNeverEmpty: boolean;
};

/** The facts about each group of the expression, the whole match first: it is the path. */
export function groupFacts(regex: string): readonly GroupFacts[] {
  const { start, end, groups } = programOf(regex);
  const all = statesFrom([start]);
  const whole = { isPlain: false, beginsSegment: false, isSlashed: true, endsSegment: true, isNeverEmpty: true };
  const facts = Array.from({ length: groups }, (_, at): GroupFacts => {
    const begins = (state: State): boolean => state.slot === 2 * at + 2;
    const ends = (state: State): boolean => state.slot === 2 * at + 3;
    const entries = [...all].filter(begins);
    const first = [...reached(entries, ends)];
    const before = [...all].filter(({ test, next }) => test !== undefined && [...reached(next)].some(begins));
    const isAtStart = [...reached([start])].some(begins);
    return {
      isPlain: charStates(statesFrom(entries, ends)).every((state) => !['/', '.', '%'].some(takenBy(state))),
      beginsSegment: !isAtStart && before.every(isSlash),
      isSlashed: before.length === 0 || charStates(first).every(isSlash),
      endsSegment: charStates(reached([...all].filter(ends))).every(isSlash),
      isNeverEmpty: !first.some(ends) && !statesFrom([start], begins).has(end),
    };
  });
  return [whole, ...facts];
}

/** These states and all that are reached from them, but none beyond `until`. */
function statesFrom(from: readonly State[], until: (state: State) => boolean = () => false): ReadonlySet<State> {
  const found = new Set(from);
  // A Set yields what is added while it is walked.
  for (const state of found) if (!until(state)) for (const next of state.next) found.add(next);
  return found;
}

function charStates(states: Iterable<State>): readonly State[] {
  return [...states].filter(({ test }) => test !== undefined);
}

const takenBy =
  ({ test }: State) =>
  (char: string): boolean =>
    test?.test(char) === true;

/** All that a path can hold once it is normalized. */
const pathChars = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at));

/** Whether a slash is the only character of a path that the state takes. */
function isSlash(state: State): boolean {
  return pathChars.every((char) => !takenBy(state)(char) || char === '/');
}
