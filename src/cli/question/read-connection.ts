/** A TCP connection as a user types it: `tcp://HOST:PORT`. */
import { readAuthorityText } from './read-url.ts';
import { bad, good } from './reading.ts';
import type { Reading } from './reading.ts';

const form = /^tcp:\/\/([^/?#]*)(.*)$/is;

/** Whether the text asks for a connection and not for a request. */
export function isConnection(text: string): boolean {
  return /^tcp:\/\//i.test(text);
}

/** The host and the port that are dialed, `db.example.com:5432`. */
export function readConnection(text: string): Reading<string> {
  const [, authority = '', rest = ''] = form.exec(text) ?? [];
  if (rest !== '' && rest !== '/') {
    return bad('a TCP connection has no path', `write tcp://${authority}`);
  }
  const read = readAuthorityText(authority);
  if (!read.ok) return read;
  if (/:[0-9]+$/.test(authority)) return good(authority);
  return bad('a TCP connection is made to a port', `write it behind the host, as in tcp://${authority}:5432`);
}
