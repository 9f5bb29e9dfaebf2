/** `apptraffic admission-policy` */
import { Option } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import { compareFindings, findingLine } from '../input/finding.ts';
import { readSettings } from '../input/read-settings.ts';
import { manifestsJson, manifestsYaml } from '../manifest-text.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { hostPolicies } from './host-policies.ts';

type Options = {
  readonly settings: string;
  readonly namespace: string;
  readonly exemptUser: readonly string[];
  readonly exemptGroup: readonly string[];
  readonly exemptNamespace: readonly string[];
  readonly output: 'yaml' | 'json';
};

const helpText = `
With hosts.policy: Delegated the operator serves a host only in a namespace to which the settings grant it. These
policies have the API server say the same at once, and of raw objects too: AppTraffic, Ingress, Istio's Gateway and
VirtualService, and of Gateway API Gateway, ListenerSet, HTTPRoute, GRPCRoute and TLSRoute. Free are the namespaces of the gateways and of the operator, the
operator itself, and whom you name. Print and apply them again when the grants change.

Example:
  apptraffic admission-policy --settings platform.yaml | kubectl apply --server-side -f -`;

const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one];

/** Prints admission policies that keep namespaces to the hosts that the settings grant them. */
export const admissionPolicyCommand: CliCommand = (program, terminal, done) => {
  program
    .command('admission-policy')
    .description('Print admission policies that keep namespaces to the hosts they are granted')
    .requiredOption('--settings <FILE>', 'File with the OperatorSettings of the platform')
    .option('-n, --namespace <NAMESPACE>', "The operator's namespace, which holds the grants", 'apptraffic-system')
    .option('--exempt-user <NAME>', 'User whom the policies do not bind; may be given several times', collect, [])
    .option('--exempt-group <NAME>', 'Group whom they do not bind, beside system:masters; several times', collect, [])
    .option('--exempt-namespace <NAMESPACE>', 'Namespace in which they do not hold; several times', collect, [])
    .addOption(new Option('-o, --output <FORMAT>', 'Form of the manifests').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', helpText)
    .action((options: Options) => {
      done(print(options, terminal));
    });
};

function print(options: Options, terminal: Terminal): ExitCode {
  const { settings, namespace, exemptUser, exemptGroup, exemptNamespace, output } = options;
  const read = readSettings(settings, terminal.cwd);
  if (!read.ok) {
    terminal.err(
      [...read.faults]
        .sort(compareFindings)
        .map((fault) => `${findingLine(fault)}\n`)
        .join(''),
    );
    return exitCodes.error;
  }
  if (read.platform.hosts.policy !== 'Delegated') {
    terminal.err(
      `${settings}: hosts.policy is FirstCome: which namespace has a host is for the operator to see, not for a policy. Fix: set hosts.policy to Delegated, and grant hosts under hosts.grants.\n`,
    );
    return exitCodes.error;
  }
  const manifests = hostPolicies(read.platform, namespace, {
    users: [`system:serviceaccount:${namespace}:apptraffic-controller`, ...exemptUser],
    groups: ['system:masters', ...exemptGroup],
    namespaces: ['kube-system', ...exemptNamespace],
  });
  terminal.out(output === 'json' ? manifestsJson(manifests) : manifestsYaml(manifests));
  return exitCodes.ok;
}
