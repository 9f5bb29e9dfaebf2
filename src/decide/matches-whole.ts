/**
 * Regular expressions of routes, run on values of a request in time that grows with the text, as RE2 does: JavaScript's own
 * backtracks, and a route would stop whoever asks about it.
 */

/** A state of the automaton: it takes one character or, without a test, none. */
type State = { readonly test?: RegExp; next: readonly State[] };

/** Part of an expression: gives the state it begins in, and goes on in `next`. */
type Part = (next: State) => State;

/** How often a part is repeated; without `most` there is no limit. */
type Bounds = { readonly least: number; readonly most?: number };

/** What RE2 calls `\s`: JavaScript counts blanks beyond ASCII too. */
const blanks = '\\t\\n\\f\\r ';

/**
 * Whether the expression, of the subset that the schema takes, matches the whole text. A character is a code point.
 */
export function matchesWhole(regex: string, text: string): boolean {
  const end: State = { next: [] };
  let current = reached([parse(regex)(end)]);
  for (const char of text) {
    const taken = [...current].filter(({ test }) => test?.test(char) === true);
    current = reached(taken.flatMap(({ next }) => next));
  }
  return current.has(end);
}

/** These states and all that are reached from them without a character. */
function reached(from: readonly State[]): ReadonlySet<State> {
  const found = new Set(from);
  // A Set yields what is added while it is walked.
  for (const { test, next } of found) if (test === undefined) for (const state of next) found.add(state);
  return found;
}

const oneOf =
  (test: RegExp): Part =>
  (next) => ({ test, next: [next] });

const inOrder =
  (parts: readonly Part[]): Part =>
  (next) =>
    parts.reduceRight((after, part) => part(after), next);

const anyOf =
  (parts: readonly Part[]): Part =>
  (next) => ({ next: parts.map((part) => part(next)) });

const unbounded =
  (part: Part): Part =>
  (next) => {
    const loop: State = { next: [] };
    loop.next = [part(loop), next];
    return loop;
  };

/** Part of a part that may end after every time. */
const atMost =
  (part: Part, times: number): Part =>
  (next) =>
    copies(part, times).reduce<State>((after, one) => ({ next: [one(after), next] }), next);

function copies(part: Part, times: number): readonly Part[] {
  return Array.from({ length: times }, () => part);
}

function repeated(part: Part, { least, most }: Bounds): Part {
  return inOrder([...copies(part, least), most === undefined ? unbounded(part) : atMost(part, most - least)]);
}

/** The tokens of an expression: classes, escapes and repetitions as one. */
const tokens = /\[(?:\\.|[^\]\\])+\]|\\.|\((?:\?:)?|\{\d+(?:,\d*)?\}\??|[*+?]\??|[^]/gu;

function parse(regex: string): Part {
  const left = [...regex.matchAll(tokens)].map(([token]) => token);
  let at = 0;
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
      parts.push(piece(token.startsWith('(') ? group() : oneOf(testOf(token))));
    }
    return inOrder(parts);
  };
  const group = (): Part => {
    const inside = alternatives();
    at += 1;
    return inside;
  };
  const piece = (part: Part): Part => {
    const bounds = boundsOf(left[at] ?? '');
    if (bounds === undefined) return part;
    at += 1;
    return repeated(part, bounds);
  };
  return alternatives();
}

/** How often the token repeats what stands before it; undefined: it is no repetition. */
function boundsOf(token: string): Bounds | undefined {
  if (token.startsWith('*')) return { least: 0 };
  if (token.startsWith('+')) return { least: 1 };
  if (token.startsWith('?')) return { least: 0, most: 1 };
  const [, least, rest] = /^\{(\d+)(,\d*)?\}/.exec(token) ?? [];
  if (least === undefined) return undefined;
  if (rest === ',') return { least: Number(least) };
  return { least: Number(least), most: Number(rest?.slice(1) ?? least) };
}

/** One character as the token means it; a backslash that is meant as itself is no part of the subset. */
function testOf(token: string): RegExp {
  const isBlank = token === '\\s' || token === '\\S';
  const inside = token.startsWith('[') ? token.replaceAll('\\s', blanks) : token;
  return new RegExp(`^${isBlank ? `[${token === '\\S' ? '^' : ''}${blanks}]` : inside}$`, 'su');
}
