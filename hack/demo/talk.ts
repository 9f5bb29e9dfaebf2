/** What the demo says to the person at the terminal; its results go to standard output. */

/** A line of talk, on standard error. */
export const say = (line: string): void => void process.stderr.write(`demo: ${line}\n`);

/** The demo does not begin, for a reason that the person can mend; nothing was made. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
