/** The flags that name the input, the same for every command that reads manifests. */
import type { Command } from 'commander';
import type { Platform } from '../model/platform.ts';
import type { Finding } from './input/finding.ts';
import { readInput } from './input/read-input.ts';
import type { Input } from './input/read-input.ts';
import { readSettings } from './input/read-settings.ts';
import type { Terminal } from './terminal.ts';

/** The values of the flags. */
export type InputOptions = {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly settings?: string;
};

/** Input and platform; `faults` say what of both could not be read. */
export type GivenInput = {
  readonly input: Input;
  /** Undefined: the settings cannot be used. */
  readonly platform?: Platform;
  readonly faults: readonly Finding[];
};

/** Adds the flags to a command. */
export function addInputOptions(command: Command): Command {
  return command
    .requiredOption(
      '-f, --filename <FILE>',
      'File, folder (with all below it) or - for standard input; may be given several times',
      (name: string, before: readonly string[] | undefined) => [...(before ?? []), name],
    )
    .option('-n, --namespace <NAMESPACE>', 'Namespace of objects that name none', 'default')
    .option('--settings <FILE>', 'File with the OperatorSettings of the platform; the built-in ones where absent');
}

/** Reads what the flags name. */
export async function readGivenInput(options: InputOptions, terminal: Terminal): Promise<GivenInput> {
  const settings = readSettings(options.settings, terminal.cwd);
  const input = await readInput(options.filename, options.namespace, terminal);
  return {
    input,
    ...(settings.ok ? { platform: settings.platform } : {}),
    faults: [...(settings.ok ? [] : settings.faults), ...input.faults],
  };
}
