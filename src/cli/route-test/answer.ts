/** Answers of a real server, and what they tell of the request's way. */
import { isJsonObject } from '../../kube/json.ts';
import { printable } from '../printable.ts';
import type { AnswerPlace, LiveFields } from './live-fields.ts';

/** An answer as it came. */
export type Answer = {
  readonly status: number;
  /** In order; a name may come several times. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
};

/** What one answer tells; absent: it does not. */
export type Observation = {
  readonly status: number;
  readonly location?: string;
  readonly backend?: string;
  readonly path?: string;
  readonly host?: string;
  /** Headers that the backend saw, by their names in lower case. */
  readonly requestHeaders?: ReadonlyMap<string, readonly string[]>;
};

/** Reads an answer as the `live` block of the document says. Texts are made safe to print. */
export function observe(answer: Answer, live: LiveFields): Observation {
  const body = jsonOf(answer.body);
  const tell = (place: AnswerPlace | undefined): string | undefined => {
    if (place === undefined) return undefined;
    const { header, json } = place;
    return header === undefined ? textOf(at(body, json ?? '')) : headerOf(answer, header);
  };
  const value = tell(live.backend);
  const names = live.backend?.values;
  const backend = value === undefined || names === undefined ? value : (ownValue(names, value) ?? `unknown ${value}`);
  const path = tell(live.path)?.replace(/\?.*$/s, '');
  const seen = {
    location: headerOf(answer, 'location'),
    backend,
    path,
    host: tell(live.host),
    requestHeaders: live.requestHeaders === undefined ? undefined : headerMap(at(body, live.requestHeaders.json)),
  };
  const told = Object.entries(seen).filter(([, one]) => one !== undefined);
  return { status: answer.status, ...Object.fromEntries(told) };
}

function ownValue(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const found = headers.find((header) => header.name.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : printable(found.value);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The value that a JSON Pointer names (RFC 6901). */
function at(value: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return /^(?:0|[1-9][0-9]*)$/.test(step) ? inner[Number(step)] : undefined;
    return isJsonObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? printable(value) : undefined;
}

/** From a map of names to a text or a list of texts, or from a list of pairs of name and text, as echo servers tell headers. */
function headerMap(value: unknown): Observation['requestHeaders'] {
  const pairs = Array.isArray(value) ? value.filter(isPair) : isJsonObject(value) ? Object.entries(value) : undefined;
  if (pairs === undefined) return undefined;
  const map = new Map<string, readonly string[]>();
  for (const [name, one] of pairs) {
    const key = name.toLowerCase();
    map.set(key, [...(map.get(key) ?? []), ...listOf(one)]);
  }
  return map;
}

function isPair(value: unknown): value is readonly [name: string, value: unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function listOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => textOf(one) ?? []);
}
