/** Regular expressions: random ones that the schema takes, and a text that one of them matches. */
import * as fc from 'fast-check';

const atoms = [
  'a',
  'b',
  'A',
  '-',
  '~',
  '_',
  '0',
  '\\.',
  '\\/',
  '\\d',
  '\\w',
  '\\D',
  '\\s',
  '\\S',
  '[ab]',
  '[a-c0-9]',
  '[^/]',
  '[\\w.-]',
  '[^\\s\\d]',
  '.',
  '\\+',
];
const repeats = ['', '', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?'];

const repeated = fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...repeats)).map((parts) => parts.join(''));
const sequence = fc.array(repeated, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));

function grouped(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('(', '(?:'),
      inner,
      fc.option(inner, { nil: undefined }),
      fc.constantFrom('', '', '*', '+', '?'),
    )
    .map(([open, one, other, repeat]) => `${open}${one}${other === undefined ? '' : `|${other}`})${repeat}`);
}

/** An expression of a few parts, with groups up to three deep and at most eight counted repetitions. */
export const anyRegex: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 4, arbitrary: repeated }, grouped(sequence), grouped(grouped(grouped(repeated)))), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '.*' && text.length <= 128 && text.split('{').length <= 9);

/** Characters that a class is tried with. */
const tried = ['x', 'a', '0', 'A', '-', '/', '~', ' '];
const samples: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'x', W: '-', S: 'x' };

/** A text that the whole expression matches; every part that may be repeated stands there as seldom as its count says, else once. */
export function sampleOfRegex(regex: string): string {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = new RegExp(pattern.source, 'y');
    found.lastIndex = at;
    const match = found.exec(regex) ?? undefined;
    at += match?.[0].length ?? 0;
    return match;
  };
  const alternatives = (): string => {
    const first = sequenceHere();
    while (take(/\|/) !== undefined) sequenceHere();
    return first;
  };
  const sequenceHere = (): string => {
    let text = '';
    while (at < regex.length && !/[|)]/.test(regex.charAt(at))) text += part();
    return text;
  };
  const part = (): string => {
    const one = atom();
    const [repeat, count] = take(/(?:\{(\d+)(?:,\d*)?\}|[*+?])\??/) ?? [];
    return repeat === undefined || count === undefined ? one : one.repeat(Number(count));
  };
  const atom = (): string => {
    if (take(/\((?:\?:)?/) !== undefined) {
      const inside = alternatives();
      take(/\)/);
      return inside;
    }
    const [klass] = take(/\[(?:\\.|[^\]\\])+\]/) ?? [];
    if (klass !== undefined) return tried.find((char) => new RegExp(klass, 'u').test(char)) ?? '';
    const [, escaped] = take(/\\(.)/) ?? [];
    if (escaped !== undefined) return samples[escaped] ?? escaped;
    const [char = ''] = take(/./) ?? [];
    return char === '.' ? 'x' : char;
  };
  return alternatives();
}
