/** The words of a command line; what stands in single quotes is one word. */
export function wordsOf(line: string): readonly string[] {
  return Array.from(line.trim().matchAll(/'([^']*)'|(\S+)/g)).map(([, quoted, plain]) => quoted ?? plain ?? '');
}
