/** SIGTERM and SIGINT as an AbortSignal: the first asks the process to stop, the second ends it. */

/** What this needs of a process. */
export type SignalledProcess = {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): unknown;
};

/** Aborts (its reason is the name of the signal) when the process is asked to stop; a second signal exits with 1. */
export function stopSignal(target: SignalledProcess = process): AbortSignal {
  const controller = new AbortController();
  const received = (name: string): void => {
    if (controller.signal.aborted) target.exit(1);
    controller.abort(name);
  };
  target.on('SIGTERM', () => received('SIGTERM'));
  target.on('SIGINT', () => received('SIGINT'));
  return controller.signal;
}
