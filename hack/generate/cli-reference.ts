/** Makes the reference of the command line from the help texts that the program prints. */
import { createProgram, runCli } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { GeneratedFile } from './generated-files.ts';

function terminalInto(take: (text: string) => void): Terminal {
  return { cwd: '/', now: () => '', readStdin: () => Promise.resolve(''), out: take, err: take };
}

async function helpOf(...words: readonly string[]): Promise<string> {
  let text = '';
  await runCli(
    [...words, '--help'],
    terminalInto((part) => {
      text += part;
    }),
  );
  return ['```text', text.trimEnd(), '```', ''].join('\n');
}

/** The reference as Markdown. */
export async function cliReferenceFile(): Promise<GeneratedFile> {
  const program = createProgram(
    terminalInto(() => undefined),
    'apptraffic',
    () => undefined,
  );
  const sections = await Promise.all(
    program.commands
      .map((command) => command.name())
      .map(async (name) => [`## apptraffic ${name}`, '', await helpOf(name)].join('\n')),
  );
  const text = [
    '<!-- GENERATED from the help texts of src/cli by hack/generate; do not edit. -->',
    '# The command line',
    '',
    'The same program is the operator and the CLI. As `kubectl-apptraffic` on the PATH it is also `kubectl apptraffic`. From a clone:',
    '`npm ci && npm run build`, then `npm run -s apptraffic -- COMMAND`; paths start from the folder you stand in.',
    '',
    await helpOf(),
    'Data goes to standard output, talk to standard error.',
    '',
    ...sections,
    '## Input',
    '',
    '- `-f` takes files, folders (all `*.yaml`, `*.yml` and `*.json` below them, without names that begin with a dot) and `-`.',
    '- Documents of kind `List` are taken apart. Objects without a namespace get that of `-n`.',
    '- AppTraffics of one input see each other: claims on hosts, selectors, names in `allow`. One without `creationTimestamp` is not in',
    '  the cluster yet and comes after those that are; the rest goes by namespace and name.',
    '- Services, Gateways (Istio), Namespaces and IngressClasses beside them count. A Service, Gateway or Namespace that is not given is',
    '  assumed to be there, and the Namespace to have sidecars; standard error names them. Without its IngressClass an Ingress is plain.',
    '- kubectl reads YAML 1.1. Words that it would take for something else (`on`, `yes`, `n`, `0100`, `1_000` without quotes) are errors.',
    '',
    '## Output',
    '',
    'One problem is one line: `file:line:column  severity  code  field: what is wrong. Fix: what to write.` Input that cannot be read has no',
    'code. `render` prints nothing for an AppTraffic that is refused, and the same bytes for the same objects in any order.',
    '',
  ].join('\n');
  return { path: 'docs/reference/cli.md', text };
}
