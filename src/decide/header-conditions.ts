/** Conditions on headers and cookies: which one is the first to fail. */
import type { HeaderCondition, RouteFeatures } from '../model/route.ts';
import { isJoined } from './joined-headers.ts';
import { matchesWhole } from './matches-whole.ts';
import type { Header } from './request.ts';

/** Why the headers are not as the route wants them, as a sentence; undefined: they are. Headers, patterns, absences, cookies. */
export function failedHeaders(features: RouteFeatures, headers: readonly Header[]): string | undefined {
  return (
    firstFailed(features.headers?.value, (wanted) => failedHeader(wanted, headers)) ??
    firstFailed(features.headersRegex?.value, (wanted) => failedPattern(wanted, headers)) ??
    firstFailed(features.withoutHeaders?.value, (name) => failedAbsence(name, headers)) ??
    firstFailed(features.cookies?.value, (wanted) => failedCookie(wanted, headers))
  );
}

function firstFailed<T>(
  conditions: readonly T[] | undefined,
  failed: (one: T) => string | undefined,
): string | undefined {
  for (const condition of conditions ?? []) {
    const reason = failed(condition);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function failedHeader({ name, value }: HeaderCondition, headers: readonly Header[]): string | undefined {
  const given = valuesOf(name, headers);
  return given.includes(value) ? undefined : `match.headers wants ${name}: ${value}, ${found(given)}`;
}

function failedPattern({ name, value }: HeaderCondition, headers: readonly Header[]): string | undefined {
  const given = valuesOf(name, headers);
  if (given.some((one) => matchesWhole(value, one))) return undefined;
  return `match.headersRegex wants ${name}: ${value}, ${found(given)}`;
}

function found(given: readonly string[]): string {
  return given.length === 0 ? 'the request has none' : `the request has ${given.join(' and ')}`;
}

/** A header without a value is there too. */
function failedAbsence(name: string, headers: readonly Header[]): string | undefined {
  return linesOf(name, headers).length === 0 ? undefined : `match.withoutHeaders has ${name}, so has the request`;
}

function failedCookie({ name, value }: HeaderCondition, headers: readonly Header[]): string | undefined {
  const given = cookiePairs(headers);
  if (given.includes(`${name}=${value}`)) return undefined;
  const own = given.filter((pair) => pair.startsWith(`${name}=`));
  return `match.cookies wants ${name}=${value}, ${found(own)}`;
}

/** The pairs `name=value` of all Cookie headers. */
export function cookiePairs(headers: readonly Header[]): readonly string[] {
  return linesOf('cookie', headers).flatMap((line) => line.split(';').map((pair) => pair.trim()));
}

/** What is compared: each line, or all of them as one. */
function valuesOf(name: string, headers: readonly Header[]): readonly string[] {
  const lines = linesOf(name, headers);
  return isJoined(name) && lines.length > 1 ? [lines.join(',')] : lines;
}

/** Names are compared without regard to case; blanks around a value are no part of it (RFC 9110 §5.5). */
function linesOf(name: string, headers: readonly Header[]): readonly string[] {
  return headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value.trim());
}
