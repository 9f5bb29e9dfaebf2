import type { Terminal } from '../../../src/cli/terminal.ts';

/** A terminal in memory, and what was written to it. */
export type MemoryTerminal = Terminal & { readonly stdout: () => string; readonly stderr: () => string };

/** Stands in `cwd`; `stdin` is what is piped in. */
export function memoryTerminal(cwd: string, stdin = ''): MemoryTerminal {
  const written = { out: '', err: '' };
  return {
    cwd,
    now: () => '2026-01-02T03:04:05Z',
    readStdin: () => Promise.resolve(stdin),
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    stdout: () => written.out,
    stderr: () => written.err,
  };
}
