/** `apptraffic version` */
import packageJson from '../../package.json' with { type: 'json' };
import type { CliCommand } from './cli-command.ts';
import { exitCodes } from './terminal.ts';

/** The version of the program; package.json is the one place that names it. */
export const programVersion = packageJson.version;

/** Name and version of the program, as one line. */
export const versionLine = `apptraffic ${programVersion}`;

/** Prints the version. */
export const versionCommand: CliCommand = (program, terminal, done) => {
  program
    .command('version')
    .description('Print the version of this program')
    .action(() => {
      terminal.out(`${versionLine}\n`);
      done(exitCodes.ok);
    });
};
