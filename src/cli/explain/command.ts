/** `apptraffic explain` */
import { Option } from 'commander';
import type { Command } from 'commander';
import { decide } from '../../decide/decide.ts';
import type { CliCommand } from '../cli-command.ts';
import { compileOffline } from '../compile-offline.ts';
import { parseFieldText } from '../input/field-path.ts';
import { findingLine, moreAbout } from '../input/finding.ts';
import type { Finding } from '../input/finding.ts';
import type { InputObject } from '../input/input-object.ts';
import { addInputOptions, readGivenInput } from '../input-options.ts';
import type { InputOptions } from '../input-options.ts';
import { notes, nothingToDo } from '../notes.ts';
import { decisionJson } from '../question/decision-json.ts';
import { internet } from '../question/read-caller.ts';
import { servedOffline } from '../question/served-offline.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { answerText } from './answer-text.ts';
import { readAsked } from './asked.ts';
import type { AskedFlags } from './asked.ts';
import type { PlaceOf } from './candidate-table.ts';
import { unusedLines } from './unused.ts';

type ExplainOptions = InputOptions &
  AskedFlags & { readonly header?: readonly string[]; readonly output: 'text' | 'json' };

const helpText = `
The request is not sent: the answer comes from the AppTraffics alone, as they would be served in a cluster. The path is
taken as it is written. A header Host names the host in the place of the URL's, for plain http. A host that an app serves
outside is asked for at its gateway; the name of an app's Service (shop, shop.team-a.svc.cluster.local) inside the mesh.
Tokens in headers are decoded, not verified.

Examples:
  apptraffic explain GET https://shop.example.com/api/cart -f shop.yaml
  apptraffic explain POST https://shop.example.com/login -H 'x-beta: 1' -f apps/ --settings platform.yaml -o json
  apptraffic explain GET http://payments.payments.svc.cluster.local/ --from shop/checkout -f apps/`;

/** Says what a request gets, and why. */
export const explainCommand: CliCommand = (program, terminal, done) => {
  addAskedOptions(addInputOptions(program.command('explain')))
    .description('Say what a request gets and why, without a cluster')
    .addHelpText('after', helpText)
    .action(async (method: string, url: string, options: ExplainOptions) => {
      done(await explain({ method, url, headers: options.header ?? [] }, options, terminal));
    });
};

function addAskedOptions(command: Command): Command {
  return command
    .argument('<METHOD>', 'Method of the request, e.g. GET')
    .argument('<URL>', 'Absolute URL, e.g. https://shop.example.com/api?page=2')
    .option(
      '-H, --header <HEADER>',
      "Header 'name: value'; may be given several times",
      (line: string, before: readonly string[] | undefined) => [...(before ?? []), line],
    )
    .option('--from <CALLER>', `Who asks: NAMESPACE/SERVICEACCOUNT of a workload in the mesh, or ${internet}`, internet)
    .option('--client-ip <IP>', "The client's address; no field depends on it yet")
    .option(
      '--tls-version <VERSION>',
      'Highest version of TLS that the client speaks, 1.2 or 1.3 (default: the newest)',
    )
    .option('--token <TOKEN>', 'none, invalid, or @FILE with the claims of a valid one; no field asks for one yet')
    .option('--now <TIME>', 'Time of the request, RFC 3339; faults end by it; now where absent')
    .addOption(new Option('-o, --output <FORMAT>', 'Form of the answer').choices(['text', 'json']).default('text'));
}

async function explain(
  request: Parameters<typeof readAsked>[0],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const asked = readAsked(request, options, terminal.cwd);
  const { input, platform, faults } = await readGivenInput(options, terminal);
  if (!asked.ok || platform === undefined || faults.length > 0) {
    terminal.err(lines([...(asked.ok ? [] : asked.faults), ...faults].map(findingLine)));
    return exitCodes.error;
  }
  if (input.apps.length === 0) {
    terminal.err(nothingToDo);
    return exitCodes.error;
  }
  const now = asked.value.now ?? terminal.now();
  const { findings, assumed } = compileOffline(input, platform, now);
  const { served, refused } = servedOffline(input, platform, now);
  const isFaulty = findings.some(({ severity }) => severity === 'Error');
  if (isFaulty) terminal.err(lines(findings.map(findingLine)) + moreAbout(findings));
  terminal.err(notes(input, assumed));
  terminal.err(
    refused.map(({ namespace, name }) => `refused, so it is left out here: ${namespace}/${name}\n`).join(''),
  );
  terminal.err(lines(unusedLines(asked.value)));
  const question = { ...served, request: asked.value.request, caller: asked.value.caller };
  const decision = decide(question);
  if (options.output === 'text') terminal.out(answerText(question, decision, placesIn(input.apps)));
  else {
    terminal.out(`${JSON.stringify(decisionJson(decision), null, 2)}\n`);
    terminal.err(lines([`why: ${decision.why}`, ...decision.notes.map((note) => `note: ${note}`)]));
  }
  return isFaulty ? exitCodes.findings : exitCodes.ok;
}

function placesIn(objects: readonly InputObject[]): PlaceOf {
  return ({ app, at }) => {
    const found = objects.find(
      ({ manifest: { metadata } }) => metadata.namespace === app.namespace && metadata.name === app.name,
    );
    return found === undefined ? '' : placeWords(found.positionOf(parseFieldText(at)));
  };
}

function placeWords(position: Finding['position']): string {
  return 'line' in position ? `${position.file}:${position.line}` : position.file;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
