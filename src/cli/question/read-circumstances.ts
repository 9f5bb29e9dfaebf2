/** What a request may depend on beside itself and its caller: the client's address, the time, a token. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Token } from '../../decide/request.ts';
import { isJsonObject } from '../../kube/json.ts';
import { readText } from '../input/source-files.ts';
import { bad, good } from './reading.ts';
import type { Reading } from './reading.ts';

/** An IPv4 or IPv6 address without a zone. */
export function readClientIp(text: string): Reading<string> {
  if (isIP(text) > 0 && !text.includes('%')) return good(text);
  return bad(`${JSON.stringify(text)} is not an IP address`, 'write one such as 203.0.113.7 or 2001:db8::7');
}

const time = z.iso.datetime({ offset: true }).regex(/T[0-9:]{8}/);

/** A time as RFC 3339 has it, to the second or finer. */
export function readTime(text: string): Reading<string> {
  if (time.safeParse(text).success) return good(text);
  return bad(`${JSON.stringify(text)} is not a time`, 'write it as in RFC 3339, such as 2026-01-02T03:04:05Z');
}

/** `none`, `invalid`, or `@FILE` with the claims of a valid token as a JSON object; `cwd`: where FILE starts from. */
export function readToken(text: string, cwd: string): Reading<Token> {
  if (text === 'none' || text === 'invalid') return good({ is: text });
  const file = text.slice(1);
  if (!text.startsWith('@') || file === '') {
    return bad(`${JSON.stringify(text)} is no token`, 'write none, invalid, or @FILE with the claims of a valid one');
  }
  const source = readText(file, resolve(cwd, file));
  if ('fault' in source) return bad(`${file}: ${source.fault.message}`, source.fault.fix);
  const claims = jsonOf(source.text);
  if (isJsonObject(claims)) return good({ is: 'valid', claims });
  return bad(`${file} holds no JSON object`, 'write the claims as one, such as {"sub": "jane", "scope": "cart:read"}');
}

/** Undefined for a text that is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
