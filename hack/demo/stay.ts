/** Staying up until the person has seen enough. */
import type { Operator } from '../../test/testbed/operator.ts';

/** Resolves when the signal aborts; rejects when the operator ends before that. */
export async function stayUp(operator: Operator, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'));
  });
  const exit = await Promise.race([stopped, operator.exited]);
  if (exit === 'stopped' || signal.aborted) return;
  const end = operator.logs().slice(-5);
  throw new Error(
    `the operator ended with ${exit.signal ?? exit.code}:\n${end.map((line) => JSON.stringify(line)).join('\n')}`,
  );
}
