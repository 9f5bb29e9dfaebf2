/** `apptraffic validate` */
import { Option } from 'commander';
import type { CliCommand } from './cli-command.ts';
import { compileOffline } from './compile-offline.ts';
import { compareFindings, findingLine, moreAbout } from './input/finding.ts';
import type { Finding } from './input/finding.ts';
import { addInputOptions, readGivenInput } from './input-options.ts';
import type { InputOptions } from './input-options.ts';
import { yamlOf } from './manifest-text.ts';
import { notes, nothingToDo } from './notes.ts';
import { exitCodes } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

type ValidateOptions = InputOptions & { readonly output: 'text' | 'json' | 'yaml' };

/** What validate found, as `-o json` and `-o yaml` print it. */
type Report = {
  readonly files: number;
  readonly appTraffics: number;
  readonly errors: number;
  readonly warnings: number;
  readonly assumed: readonly string[];
  readonly findings: readonly object[];
};

const helpText = `
Finds everything that the operator would refuse or warn of, with file, line, field and fix. Warnings alone are no failure.

Examples:
  apptraffic validate -f apps/
  apptraffic validate -f shop.yaml -f platform/gateways.yaml --settings platform.yaml -o json`;

/** Prints all problems of AppTraffics. */
export const validateCommand: CliCommand = (program, terminal, done) => {
  addInputOptions(program.command('validate'))
    .description('Print all problems of AppTraffics, without a cluster')
    .addOption(
      new Option('-o, --output <FORMAT>', 'Form of the report').choices(['text', 'json', 'yaml']).default('text'),
    )
    .addHelpText('after', helpText)
    .action(async (options: ValidateOptions) => {
      done(await validate(options, terminal));
    });
};

async function validate(options: ValidateOptions, terminal: Terminal): Promise<ExitCode> {
  const { input, platform, faults } = await readGivenInput(options, terminal);
  const result =
    platform === undefined ? { findings: [], assumed: [] } : compileOffline(input, platform, terminal.now());
  const findings = [...faults, ...result.findings].sort(compareFindings);
  const countOf = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const report: Report = {
    files: input.files,
    appTraffics: input.apps.length,
    errors: countOf('Error'),
    warnings: countOf('Warning'),
    assumed: result.assumed,
    findings: findings.map(({ position, ...rest }) => ({ ...position, ...rest })),
  };
  terminal.err(notes(input, result.assumed));
  const isEmpty = faults.length === 0 && input.apps.length === 0;
  if (isEmpty) terminal.err(nothingToDo);
  terminal.out(reportText(report, findings, options.output));
  if (options.output === 'text') terminal.err(moreAbout(findings));
  if (isEmpty || faults.length > 0) return exitCodes.error;
  return report.errors > 0 ? exitCodes.findings : exitCodes.ok;
}

function reportText(report: Report, findings: readonly Finding[], format: ValidateOptions['output']): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'yaml') return yamlOf(report);
  const { files, appTraffics, errors, warnings } = report;
  const counts = [count(errors, 'error'), count(warnings, 'warning')].join(', ');
  const summary = `${count(files, 'file')}, ${count(appTraffics, 'AppTraffic')}: ${counts}`;
  return [...findings.map(findingLine), summary, ''].join('\n');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
