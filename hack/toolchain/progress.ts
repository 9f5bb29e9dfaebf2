/** What the toolchain says while it works: lines on stderr. */

const everyMs = 10_000;

/** Writes one line. */
export const say = (line: string): void => void process.stderr.write(`toolchain: ${line}\n`);

/** Says every ten seconds what is going on, for as long as `work` takes; resolves as it does. */
export async function withProgress<T>(what: () => string, work: Promise<T>): Promise<T> {
  const started = performance.now();
  const timer = setInterval(() => {
    say(`${what()}, ${Math.round((performance.now() - started) / 1000)} s so far`);
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** Says that `what` begins and, once `work` is done, how long it took. */
export async function timed(what: string, done: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  say(what);
  await work();
  say(`${done} in ${Math.round((performance.now() - started) / 1000)} s`);
}
