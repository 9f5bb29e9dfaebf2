/** `apptraffic test` */
import { Option } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import { compareFindings, findingLine, moreAbout } from '../input/finding.ts';
import type { Finding } from '../input/finding.ts';
import { readSettings } from '../input/read-settings.ts';
import { addInputOptions } from '../input-options.ts';
import type { InputOptions } from '../input-options.ts';
import { notes } from '../notes.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { countResults } from './case-result.ts';
import type { CaseResult } from './case-result.ts';
import { groupsOf } from './groups.ts';
import { addLiveOptions, flagsWithoutLive, liveOptions } from './live-flags.ts';
import type { LiveFlags } from './live-flags.ts';
import { readGivenTests } from './given-tests.ts';
import type { GivenTests } from './given-tests.ts';
import { reportJson } from './report-json.ts';
import { reportJunit } from './report-junit.ts';
import { reportText } from './report-text.ts';
import { runLive } from './run-live.ts';
import type { LiveOptions } from './run-live.ts';
import { runOffline } from './run-offline.ts';
import type { Group } from './run-offline.ts';

type TestOptions = InputOptions & LiveFlags & { readonly output: 'text' | 'json' | 'junit' };

const helpText = `
A RouteTest lists requests and what is expected of them: docs/reference/route-test.md. Its cases are judged against the
AppTraffics that its files name, or against those of -f where it names none. Nothing is sent, but with --live: then the
answers of a gateway are judged, and no AppTraffic is read.

Examples:
  apptraffic test -f shop.test.yaml
  apptraffic test -f apps/ --settings platform.yaml -o junit > report.xml
  apptraffic test -f shop.test.yaml --live http://203.0.113.7 --live https://203.0.113.7 --ca ca.pem`;

/** Judges the cases of RouteTests. */
export const testCommand: CliCommand = (program, terminal, done) => {
  addLiveOptions(addInputOptions(program.command('test')))
    .description('Judge requests by what is expected of them, without a cluster or through a gateway')
    .addOption(
      new Option('-o, --output <FORMAT>', 'Form of the report').choices(['text', 'json', 'junit']).default('text'),
    )
    .addHelpText('after', helpText)
    .action(async (options: TestOptions) => {
      done(await test(options, terminal));
    });
};

/** What a run brings; with faults nothing was judged. */
type Run = {
  readonly results: readonly CaseResult[];
  readonly findings: readonly Finding[];
  readonly faults: readonly Finding[];
  readonly said: string;
};

async function test(options: TestOptions, terminal: Terminal): Promise<ExitCode> {
  const idle = flagsWithoutLive(options);
  if (idle.length > 0) {
    terminal.err(`${idle.join(', ')} without --live. Fix: add --live, or leave out what goes with it.\n`);
    return exitCodes.error;
  }
  const given = await readGivenTests(options.filename, terminal);
  const live = liveOptions(options, terminal.cwd);
  const run = live === undefined ? await offline(given, options, terminal) : await throughGateway(given, live);
  const findings = [...run.faults, ...run.findings].sort(compareFindings);
  terminal.err(findings.map((finding) => `${findingLine(finding)}\n`).join('') + moreAbout(findings));
  terminal.err(run.said);
  const isEmpty = run.faults.length === 0 && given.sources.length === 0;
  if (isEmpty) terminal.err('there is no RouteTest in the input. Fix: name a file that holds one.\n');
  else terminal.out(report(run.results, findings, options.output));
  return isEmpty || run.faults.length > 0 ? exitCodes.error : verdictOf(run, terminal);
}

function report(results: readonly CaseResult[], findings: readonly Finding[], format: TestOptions['output']): string {
  if (format === 'json') return reportJson(results, findings);
  if (format === 'junit') return reportJunit(results, findings);
  return results.length === 0 ? '' : reportText(results);
}

function verdictOf({ results, findings }: Run, terminal: Terminal): ExitCode {
  const { passed, failed } = countResults(results);
  if (failed > 0 || findings.some(({ severity }) => severity === 'Error')) return exitCodes.findings;
  if (passed > 0) return exitCodes.ok;
  terminal.err('not one case could be judged, so nothing is shown. Fix: see why above.\n');
  return exitCodes.error;
}

async function offline(given: GivenTests, options: TestOptions, terminal: Terminal): Promise<Run> {
  const settings = readSettings(options.settings, terminal.cwd);
  const { groups, faults: groupFaults, unused } = await groupsOf(given, options.namespace, terminal);
  const faults = [...given.faults, ...(settings.ok ? [] : settings.faults), ...groupFaults];
  if (faults.length > 0 || !settings.ok) return { results: [], findings: [], faults, said: '' };
  const runs = groups.map((group) => runOffline(group, settings.platform, terminal.now()));
  return {
    results: runs.flatMap(({ results }) => results),
    findings: onePerLine(runs.flatMap(({ findings }) => findings)),
    faults,
    said: saidOf(
      groups,
      runs.flatMap(({ assumed }) => assumed),
      unused,
    ),
  };
}

async function throughGateway(given: GivenTests, live: LiveOptions | { readonly fault: Finding }): Promise<Run> {
  const faults = [...given.faults, ...('fault' in live ? [live.fault] : [])];
  if (faults.length > 0 || 'fault' in live) return { results: [], findings: [], faults, said: '' };
  return { results: await runLive(given.sources, live), findings: [], faults, said: '' };
}

function onePerLine(findings: readonly Finding[]): readonly Finding[] {
  const lines = findings.map(findingLine);
  return findings.filter((_, at) => lines.indexOf(lines[at] ?? '') === at);
}

/** What is said beside the report: what was passed over, and what was taken for granted. */
function saidOf(groups: readonly Group[], assumed: readonly string[], unused: readonly string[]): string {
  const kinds = new Map<string, number>();
  for (const { kind, count } of groups.flatMap(({ input }) => input.ignored))
    kinds.set(kind, Math.max(count, kinds.get(kind) ?? 0));
  const ignored = [...kinds].map(([kind, count]) => ({ kind, count }));
  const none =
    unused.length === 0 ? '' : `not looked at, since every RouteTest names its files: ${unused.join(', ')}\n`;
  return `${notes({ ignored }, [...new Set(assumed)].sort())}${none}`;
}
