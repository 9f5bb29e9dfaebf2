/**
 * Regular expressions of the subset that the schema takes, as automata: each is compared with a whole text, in time that
 * grows with the text, as in RE2. JavaScript's own backtrack, and a route would stop whoever asks about it.
 */

/** A state: it takes one character that passes the test; without a test it takes none. */
export type State = {
  readonly test?: RegExp;
  /** Group n begins here where this is 2n, and ends here where it is 2n + 1. */
  readonly slot?: number;
  /** In order of preference, as RE2 has it: of two ways that both match the earlier one counts. */
  readonly next: readonly State[];
};

/** An expression: a text that leads from `start` to `end` matches. `groups`: how many take text, not counting the whole. */
export type Program = { readonly start: State; readonly end: State; readonly groups: number };

/** Part of an expression: gives the state it begins in, and goes on in `next`. */
type Part = { readonly isNullable: boolean; readonly build: (next: State) => State };

/** How often a part is repeated; without `most` there is no limit. `isLazy`: as seldom as possible is preferred. */
type Bounds = { readonly least: number; readonly most?: number; readonly isLazy: boolean };

/** What RE2 calls `\s`: JavaScript counts blanks beyond ASCII too. */
const blanks = '\\t\\n\\f\\r ';

/** The automaton of an expression. */
export function programOf(regex: string): Program {
  const end: State = { next: [] };
  const { whole, groups } = parse(regex);
  return { start: whole.build(end), end, groups };
}

/** The states that are reached from these without a character, themselves included, but none beyond `until`. */
export function reached(from: readonly State[], until: (state: State) => boolean = () => false): ReadonlySet<State> {
  const found = new Set(from);
  // A Set yields what is added while it is walked.
  for (const state of found) {
    if (state.test === undefined && !until(state)) for (const next of state.next) found.add(next);
  }
  return found;
}

const oneOf = (test: RegExp): Part => ({ isNullable: false, build: (next) => ({ test, next: [next] }) });

const inOrder = (parts: readonly Part[]): Part => ({
  isNullable: parts.every(({ isNullable }) => isNullable),
  build: (next) => parts.reduceRight((after, part) => part.build(after), next),
});

const anyOf = (parts: readonly Part[]): Part => ({
  isNullable: parts.some(({ isNullable }) => isNullable),
  build: (next) => ({ next: parts.map((part) => part.build(next)) }),
});

const grouped = (part: Part, group: number): Part => ({
  isNullable: part.isNullable,
  build: (next) => ({ slot: 2 * group, next: [part.build({ slot: 2 * group + 1, next: [next] })] }),
});

const optional = (part: Part, isLazy: boolean): Part => ({
  isNullable: true,
  build: (next) => ({ next: preferred(part.build(next), next, isLazy) }),
});

/** The part, and the state that leads to it again and on. */
function looped(part: Part, next: State, isLazy: boolean): { readonly first: State; readonly again: State } {
  const choices: State[] = [];
  const again = { next: choices };
  const first = part.build(again);
  choices.push(...preferred(first, next, isLazy));
  return { first, again };
}

const onceOrMore = (part: Part, isLazy: boolean): Part => ({
  isNullable: part.isNullable,
  build: (next) => looped(part, next, isLazy).first,
});

/** RE2 takes `x*` for `(x+)?` where x may be empty, so that the empty one is preferred as its place says. */
const anyTimes = (part: Part, isLazy: boolean): Part =>
  part.isNullable
    ? optional(onceOrMore(part, isLazy), isLazy)
    : { isNullable: true, build: (next) => looped(part, next, isLazy).again };

function preferred(one: State, other: State, isLazy: boolean): readonly State[] {
  return isLazy ? [other, one] : [one, other];
}

function repeated(part: Part, { least, most, isLazy }: Bounds): Part {
  const first = Array.from({ length: most === undefined ? Math.max(0, least - 1) : least }, () => part);
  if (most === undefined) return inOrder([...first, least === 0 ? anyTimes(part, isLazy) : onceOrMore(part, isLazy)]);
  const further = Array.from({ length: most - least }, () => part);
  const rest = further.reduce<Part>((after, one) => optional(inOrder([one, after]), isLazy), inOrder([]));
  return inOrder([...first, rest]);
}

/** The tokens of an expression: classes, escapes and repetitions as one. */
const tokens = /\[(?:\\.|[^\]\\])+\]|\\.|\((?:\?:)?|\{\d+(?:,\d*)?\}\??|[*+?]\??|[^]/gu;

function parse(regex: string): { readonly whole: Part; readonly groups: number } {
  const left = [...regex.matchAll(tokens)].map(([token]) => token);
  let at = 0;
  let groups = 0;
  const alternatives = (): Part => {
    const options = [sequence()];
    while (left[at] === '|') {
      at += 1;
      options.push(sequence());
    }
    return anyOf(options);
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    for (let token = left[at]; token !== undefined && token !== '|' && token !== ')'; token = left[at]) {
      at += 1;
      parts.push(piece(token.startsWith('(') ? group(token === '(') : oneOf(testOf(token))));
    }
    return inOrder(parts);
  };
  const group = (takesText: boolean): Part => {
    if (takesText) groups += 1;
    const number = groups;
    const inside = alternatives();
    at += 1;
    return takesText ? grouped(inside, number) : inside;
  };
  const piece = (part: Part): Part => {
    const bounds = boundsOf(left[at] ?? '');
    if (bounds === undefined) return part;
    at += 1;
    return repeated(part, bounds);
  };
  const whole = alternatives();
  return { whole, groups };
}

/** How often the token repeats what stands before it; undefined: it is no repetition. */
function boundsOf(token: string): Bounds | undefined {
  const isLazy = token.length > 1 && token.endsWith('?');
  if (token.startsWith('*')) return { least: 0, isLazy };
  if (token.startsWith('+')) return { least: 1, isLazy };
  if (token.startsWith('?')) return { least: 0, most: 1, isLazy };
  const [, least, rest] = /^\{(\d+)(,\d*)?\}/.exec(token) ?? [];
  if (least === undefined) return undefined;
  if (rest === ',') return { least: Number(least), isLazy };
  return { least: Number(least), most: Number(rest?.slice(1) ?? least), isLazy };
}

/** One character as the token means it; a backslash that is meant as itself is no part of the subset. */
function testOf(token: string): RegExp {
  const isBlank = token === '\\s' || token === '\\S';
  const inside = token.startsWith('[') ? token.replaceAll('\\s', blanks) : token;
  return new RegExp(`^${isBlank ? `[${token === '\\S' ? '^' : ''}${blanks}]` : inside}$`, 'su');
}
