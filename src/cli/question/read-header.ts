/** Methods and header lines as HTTP has them (RFC 9110 §5, §9). */
import type { Header } from '../../decide/request.ts';
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

/** A header line, `name: value`; blanks around the value are no part of it, and the value may be empty. */
export function readHeader(text: string): Reading<Header> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const value = text.slice(colon + 1).trim();
  if (colon < 0) return bad(`${JSON.stringify(text)} holds no colon`, "write 'name: value'");
  if (!token.test(name)) {
    return bad(`${JSON.stringify(name)} is not the name of a header`, 'use letters, digits and dashes');
  }
  if (hasControl(value)) return bad(`the value of ${name} holds a control character`, 'leave it out');
  return good({ name, value });
}

/** A tab is none: it may stand in a value. */
function hasControl(value: string): boolean {
  return Array.from(value).some((char) => (char < ' ' && char !== '\t') || char === '\u007F');
}
