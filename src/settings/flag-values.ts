/** The forms of flag values: each takes the text that a person typed and gives its value or what is wrong with it. */
import { duration, durationMs } from '../schema/duration.ts';
import { dns1123Label } from '../schema/names.ts';
import { nearestName } from '../schema/nearest-name.ts';

/** A value, or what is wrong with the text and what to write instead. */
export type FlagValue<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string; readonly fix: string };

/** Reads the text of a flag. */
export type ReadFlag<T> = (text: string) => FlagValue<T>;

/** Where a server listens. */
export type BindAddress = {
  /** Absent: on all interfaces. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
};

/** A positive duration, in ms. */
export const readDuration: ReadFlag<number> = (text) =>
  duration.safeParse(text).success
    ? { ok: true, value: durationMs(text) }
    : {
        ok: false,
        message: `${JSON.stringify(text)} is not a duration`,
        fix: 'write whole numbers above 0 with a unit: 250ms, 5s, 10m or 1h',
      };

/** `:PORT`, `HOST:PORT`, `[IPV6]:PORT`; `0` means that nothing listens (undefined), as in controller-runtime. */
export const readBindAddress: ReadFlag<BindAddress | undefined> = (text) => {
  if (text === '0') return { ok: true, value: undefined };
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    return {
      ok: false,
      message: `${JSON.stringify(text)} is not an address`,
      fix: 'write :PORT, HOST:PORT or [IPV6]:PORT, or 0 to serve nothing',
    };
  }
  const host = v6 ?? name ?? '';
  return { ok: true, value: { ...(host === '' ? {} : { host }), port } };
};

/** Namespaces separated by commas, sorted, each once; the empty text means all. */
export const readNamespaces: ReadFlag<readonly string[]> = (text) => {
  const names = text.split(',').map((name) => name.trim());
  const given = [...new Set(names.filter((name) => name !== ''))].sort();
  const wrong = given.filter((name) => !dns1123Label.pattern.test(name));
  if (wrong.length === 0) return { ok: true, value: given };
  return { ok: false, message: `${JSON.stringify(wrong.join(','))} ${dns1123Label.message}`, fix: dns1123Label.fix };
};

/** `true` or `false`. */
export const readBoolean: ReadFlag<boolean> = (text) =>
  text === 'true' || text === 'false'
    ? { ok: true, value: text === 'true' }
    : { ok: false, message: `${JSON.stringify(text)} is neither true nor false`, fix: 'write true or false' };

/** A path; not empty. */
export const readPath: ReadFlag<string> = (text) =>
  text === '' ? { ok: false, message: 'is empty', fix: 'write the path of a file' } : { ok: true, value: text };

/** One of some words. */
export function readOneOf<const W extends string>(words: readonly W[]): ReadFlag<W> {
  return (text) => {
    const value = words.find((word) => word === text);
    if (value !== undefined) return { ok: true, value };
    const near = nearestName(text, words);
    const list = `write one of ${words.join(', ')}`;
    return {
      ok: false,
      message: `${JSON.stringify(text)} is not a known value`,
      fix: near === undefined ? list : `${list}; did you mean ${near}?`,
    };
  };
}
