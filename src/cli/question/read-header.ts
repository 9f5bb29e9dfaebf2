/** Methods and header lines as HTTP has them (RFC 9110 §5, §9). */
import type { Header } from '../../decide/request.ts';
import type { TextForm } from '../../schema/text.ts';
import { bad, good } from './reading.ts';
import type { Reading } from './reading.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'];

/** A method. In HTTP upper and lower case are two methods, so `get` is refused: nobody means it. */
export function readMethod(text: string): Reading<string> {
  const upper = text.toUpperCase();
  if (text !== upper && methods.includes(upper))
    return bad(`${text} is another method than ${upper}`, `write ${upper}`);
  if (token.test(text)) return good(text);
  return bad(`${JSON.stringify(text)} is not a method`, `write one such as ${methods.slice(0, 3).join(', ')}`);
}

/** The form of a header's name: a token (RFC 9110 §5.1). */
export const headerNameForm: TextForm = {
  pattern: token,
  max: 256,
  message: 'is not a header name',
  fix: 'use a token of letters, digits and dashes, without a colon',
};

/** The form of a header's value as a client may send it; it may be empty. */
export const headerValueForm: TextForm = {
  pattern: /^(?:[!-~](?:[ -~]*[!-~])?)?$/,
  max: 8192,
  message: 'is not a header value',
  fix: 'use printable ASCII without a space at an end',
};

/** A header line, `name: value`; blanks around the value are no part of it, and the value may be empty. */
export function readHeader(text: string): Reading<Header> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const value = text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (colon < 0) return bad(`${JSON.stringify(text)} holds no colon`, "write 'name: value'");
  for (const [part, form] of [
    [name, headerNameForm],
    [value, headerValueForm],
  ] as const) {
    if (!form.pattern.test(part) || part.length > form.max) {
      return bad(`${JSON.stringify(part)} ${form.message}`, form.fix);
    }
  }
  return good({ name, value });
}
