/** The files that TLS goes by when requests are sent. */
import { resolve } from 'node:path';
import type { Finding } from '../input/finding.ts';
import { readText } from '../input/source-files.ts';
import type { Trust } from './send-request.ts';

/** Names of files, as the flags give them. */
export type TrustFiles = { readonly ca?: string; readonly cert?: string; readonly key?: string };

/** Reads them; a certificate goes with its key. */
export function readTrust(
  { ca, cert, key }: TrustFiles,
  insecure: boolean,
  cwd: string,
): Trust | { readonly fault: Finding } {
  if ((cert === undefined) !== (key === undefined)) return { fault: halfCredential };
  const texts: string[] = [];
  const given = [ca, cert, key].filter((file) => file !== undefined);
  for (const file of given) {
    const read = readText(file, resolve(cwd, file));
    if ('fault' in read) return read;
    texts.push(read.text);
  }
  const textOf = (file: string | undefined): string => texts[given.indexOf(file ?? '')] ?? '';
  return {
    insecure,
    ...(ca === undefined ? {} : { ca: textOf(ca) }),
    ...(cert === undefined ? {} : { client: { cert: textOf(cert), key: textOf(key) } }),
  };
}

const halfCredential: Finding = {
  severity: 'Error',
  position: { file: '--cert' },
  message: 'a certificate is shown together with its key, and one of the two is missing',
  fix: 'write --cert FILE and --key FILE, or neither',
};
