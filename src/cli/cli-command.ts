/** What a command of the CLI is. */
import type { Command } from 'commander';
import type { ExitCode, Terminal } from './terminal.ts';

/** A command: adds itself, with flags and help, to the program; `done` takes its exit code. */
export type CliCommand = (program: Command, terminal: Terminal, done: (code: ExitCode) => void) => void;
