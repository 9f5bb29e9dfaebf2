/** The command line: finds the command that the arguments name, and turns every mistake into exit code 2. */
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { exitCodes } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';
import { versionLine } from './version.ts';

const exitText = `
Exit codes: 0 all is well, 1 there are findings, 2 the command could not do its work.`;

/** The program with all of its commands; `name` is how the user called it, `done` takes the exit code of the command that ran. */
export function createProgram(terminal: Terminal, name: string, done: (code: ExitCode) => void): Command {
  const program = new Command(name)
    .description('One Kubernetes object per app for how the outside reaches it and who inside may call it.')
    .version(versionLine, '--version', 'Print the version of this program')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .addHelpText('after', exitText)
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .showHelpAfterError('Run it with --help to see what it takes.')
    .exitOverride();
  for (const add of commands) add(program, terminal, done);
  return program;
}

/** Runs the command that `args` name; `name` is how the user called the program. Never throws on what a user can do. */
export async function runCli(args: readonly string[], terminal: Terminal, name = 'apptraffic'): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(terminal, name, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.error;
    throw error;
  }
}
