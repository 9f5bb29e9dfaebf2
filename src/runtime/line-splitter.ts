/** Cuts a stream of bytes into lines, wherever the network has cut it. */

const newline = 0x0a;

/** Holds the unfinished line between chunks. A newline byte never lies within a UTF-8 character, so bytes are safe to cut. */
export class LineSplitter {
  #pending: Buffer[] = [];

  /** The lines that `chunk` completes, without their newlines; empty ones are left out. */
  push(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = this.#complete(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.#pending.push(chunk.subarray(start));
    return lines;
  }

  #complete(tail: Buffer): string {
    if (this.#pending.length === 0) return tail.toString('utf8');
    const line = Buffer.concat([...this.#pending, tail]).toString('utf8');
    this.#pending = [];
    return line;
  }
}
