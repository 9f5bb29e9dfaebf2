/** `apptraffic render` */
import { Option } from 'commander';
import type { CliCommand } from './cli-command.ts';
import { compileOffline } from './compile-offline.ts';
import { compareFindings, findingLine, moreAbout } from './input/finding.ts';
import type { Finding } from './input/finding.ts';
import { addInputOptions, readGivenInput } from './input-options.ts';
import type { InputOptions } from './input-options.ts';
import { manifestsJson, manifestsYaml, sortedManifests } from './manifest-text.ts';
import { notes, nothingToDo } from './notes.ts';
import { exitCodes } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

type RenderOptions = InputOptions & { readonly output: 'yaml' | 'json' };

const helpText = `
Services, Gateways (Istio), Namespaces and IngressClasses beside the AppTraffics are taken into account; of those that
are not given, all but IngressClasses are assumed to be there. An AppTraffic that is refused gives no manifests.

Examples:
  apptraffic render -f shop.yaml
  apptraffic render -f apps/ --settings platform.yaml | kubectl diff -f -
  kustomize build . | apptraffic render -f - -o json`;

/** Prints the manifests that AppTraffics become. */
export const renderCommand: CliCommand = (program, terminal, done) => {
  addInputOptions(program.command('render'))
    .description('Print the manifests that AppTraffics become, without a cluster')
    .addOption(new Option('-o, --output <FORMAT>', 'Form of the manifests').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', helpText)
    .action(async (options: RenderOptions) => {
      done(await render(options, terminal));
    });
};

async function render(options: RenderOptions, terminal: Terminal): Promise<ExitCode> {
  const { input, platform, faults } = await readGivenInput(options, terminal);
  const result =
    platform === undefined
      ? { compiled: [], findings: [], assumed: [] }
      : compileOffline(input, platform, terminal.now());
  const findings = [...faults, ...result.findings].sort(compareFindings);
  terminal.err(findings.map((finding) => `${findingLine(finding)}\n`).join(''));
  terminal.err(moreAbout(findings));
  terminal.err(notes(input, result.assumed));
  if (faults.length > 0) return exitCodes.error;
  if (input.apps.length === 0) {
    terminal.err(nothingToDo);
    return exitCodes.error;
  }
  const manifests = sortedManifests(result.compiled.flatMap((compiled) => compiled.manifests));
  if (options.output === 'json' || manifests.length > 0) {
    terminal.out(options.output === 'json' ? manifestsJson(manifests) : manifestsYaml(manifests));
  }
  return findings.some(isError) ? exitCodes.findings : exitCodes.ok;
}

function isError({ severity }: Finding): boolean {
  return severity === 'Error';
}
