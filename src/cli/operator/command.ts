/** `apptraffic operator`: the operator's process. */
import type { Command } from 'commander';
import { operatorFlagNames, operatorFlags } from '../../settings/flags.ts';
import type { OperatorFlagName } from '../../settings/flags.ts';
import { readOperatorFlags } from '../../settings/process-flags.ts';
import { findingLine } from '../input/finding.ts';
import { readSettings } from '../input/read-settings.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { runOperator } from './run-operator.ts';

/** Adds the command; faulty flags or settings end it with exit code 2 and every problem. */
export function operatorCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  const command = program
    .command('operator')
    .description('Run the operator against a cluster until it is told to stop.');
  for (const name of operatorFlagNames) {
    const { does, placeholder, fallback } = operatorFlags[name] as {
      readonly does: string;
      readonly placeholder?: string;
      readonly fallback?: string;
    };
    const value = placeholder === undefined ? '[BOOLEAN]' : `<${placeholder}>`;
    command.option(`--${name} ${value}`, fallback === undefined ? does : `${does} (by default ${fallback || 'empty'})`);
  }
  command.action(async (options: Readonly<Record<string, string | true>>) => {
    done(await startOperator(options, terminal));
  });
}

async function startOperator(options: Readonly<Record<string, string | true>>, terminal: Terminal): Promise<ExitCode> {
  const given = Object.fromEntries(
    operatorFlagNames.flatMap((name) => {
      const value = options[camelCase(name)];
      return value === undefined ? [] : [[name, value === true ? 'true' : value]];
    }),
  ) as Partial<Record<OperatorFlagName, string>>;
  const flags = readOperatorFlags(given);
  const settings = readSettings(given.settings, terminal.cwd);
  if (!flags.ok)
    for (const { flag, message, fix } of flags.problems) terminal.err(`${flag} ${message}. Fix: ${fix}.\n`);
  if (!settings.ok) for (const fault of settings.faults) terminal.err(`${findingLine(fault)}\n`);
  if (!flags.ok || !settings.ok) return exitCodes.error;
  return runOperator(flags.value, settings.platform, terminal);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
