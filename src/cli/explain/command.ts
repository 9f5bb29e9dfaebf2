/** `apptraffic explain` */
import { Option } from 'commander';
import type { Command } from 'commander';
import { decideConnection } from '../../decide/connection.ts';
import { decide } from '../../decide/decide.ts';
import type { Decision } from '../../decide/decision.ts';
import type { CliCommand } from '../cli-command.ts';
import { compileOffline } from '../compile-offline.ts';
import { parseFieldText } from '../input/field-path.ts';
import { findingLine, moreAbout } from '../input/finding.ts';
import type { Finding } from '../input/finding.ts';
import type { InputObject } from '../input/input-object.ts';
import { addInputOptions, readGivenInput } from '../input-options.ts';
import type { InputOptions } from '../input-options.ts';
import { notes, nothingToDo } from '../notes.ts';
import { withToken } from '../question/bearer-token.ts';
import { decisionJson } from '../question/decision-json.ts';
import { internet } from '../question/read-caller.ts';
import { isConnection } from '../question/read-connection.ts';
import { servedOffline } from '../question/served-offline.ts';
import type { ServedOffline } from '../question/served-offline.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { answerText, connectionText } from './answer-text.ts';
import { readAsked, readAskedConnection } from './asked.ts';
import type { Asked, AskedConnection, AskedFlags, AskedReading } from './asked.ts';
import type { PlaceOf } from './candidate-table.ts';
import { unusedLines } from './unused.ts';

type ExplainOptions = InputOptions &
  AskedFlags & { readonly header?: readonly string[]; readonly output: 'text' | 'json' };

const helpText = `
The request is not sent: the answer comes from the AppTraffics alone, as they would be served in a cluster. The path is
taken as it is written. A header Host names the host in the place of the URL's, for plain http. A host that an app serves
outside is asked for at its gateway; the name of an app's Service (shop, shop.team-a.svc.cluster.local) inside the mesh.
A token in a header is decoded and taken to be signed well; nobody verifies it here.

tcp://HOST:PORT asks for a TCP connection, of which the gateway sees the port alone. A host that an app serves tells which
gateway is meant; any other means every gateway.

Examples:
  apptraffic explain GET https://shop.example.com/api/cart -f shop.yaml
  apptraffic explain POST https://shop.example.com/login -H 'x-beta: 1' -f apps/ --settings platform.yaml -o json
  apptraffic explain GET http://payments.payments.svc.cluster.local/ --from shop/checkout -f apps/
  apptraffic explain tcp://db.example.com:5432 -f apps/`;

/** Says what a request gets, and why. */
export const explainCommand: CliCommand = (program, terminal, done) => {
  addAskedOptions(addInputOptions(program.command('explain')))
    .description('Say what a request gets and why, without a cluster')
    .addHelpText('after', helpText)
    .action(async (first: string, url: string | undefined, options: ExplainOptions) => {
      done(await explain(readQuestion(first, url, options, terminal.cwd), options, terminal));
    });
};

function addAskedOptions(command: Command): Command {
  return command
    .argument('<METHOD>', 'Method of the request, e.g. GET; or tcp://HOST:PORT, and no URL')
    .argument('[URL]', 'Absolute URL, e.g. https://shop.example.com/api?page=2')
    .option(
      '-H, --header <HEADER>',
      "Header 'name: value'; may be given several times",
      (line: string, before: readonly string[] | undefined) => [...(before ?? []), line],
    )
    .option('--from <CALLER>', `Who asks: NAMESPACE/SERVICEACCOUNT of a workload in the mesh, or ${internet}`, internet)
    .option('--client-ip <IP>', 'The address that connects to the gateway; external.allowCIDRs and denyCIDRs judge it')
    .option(
      '--tls-version <VERSION>',
      'Highest version of TLS that the client speaks, 1.2 or 1.3 (default: the newest)',
    )
    .option(
      '--client-certificate <KIND>',
      "What the client shows where it is asked: trusted (a certificate of the app's clientCA), other or none (the default)",
    )
    .option('--body-bytes <BYTES>', 'Size of the body (default: there is none); fields limit it')
    .option('--token <TOKEN>', 'none, invalid, or @FILE with the claims of a valid one; external.auth asks for one')
    .option('--now <TIME>', 'Time of the request, RFC 3339; faults end by it; now where absent')
    .addOption(new Option('-o, --output <FORMAT>', 'Form of the answer').choices(['text', 'json']).default('text'));
}

/** What is asked, and how it is answered. */
type Ask = {
  readonly now?: string;
  /** Lines about what changes nothing. */
  readonly unused: readonly string[];
  readonly answer: (
    served: ServedOffline['served'],
    now: string,
  ) => {
    readonly decision: Decision;
    readonly text: (placeOf: PlaceOf) => string;
  };
};

function readQuestion(first: string, url: string | undefined, options: ExplainOptions, cwd: string): AskedReading<Ask> {
  const headers = options.header ?? [];
  if (url === undefined && isConnection(first)) {
    const asked = readAskedConnection(first, { ...options, headers });
    return asked.ok ? { ok: true, value: askConnection(asked.value) } : asked;
  }
  if (url === undefined) return { ok: false, faults: [noUrl] };
  const asked = readAsked({ method: first, url, headers }, options, cwd);
  return asked.ok ? { ok: true, value: askRequest(asked.value) } : asked;
}

const noUrl: Finding = {
  severity: 'Error',
  position: { file: 'URL' },
  message: 'it is missing',
  fix: 'write METHOD and URL for a request, or tcp://HOST:PORT alone for a TCP connection',
};

function askRequest(asked: Asked): Ask {
  const { request, caller, now } = asked;
  return {
    ...(now === undefined ? {} : { now }),
    unused: unusedLines(asked),
    answer: (served, time) => {
      const question = { ...served, request: withToken(request, time), caller };
      const decision = decide(question);
      return { decision, text: (placeOf) => answerText(question, decision, placeOf) };
    },
  };
}

function askConnection({ authority, caller, now }: AskedConnection): Ask {
  return {
    ...(now === undefined ? {} : { now }),
    unused: [],
    answer: (served) => {
      const question = { ...served, authority, caller };
      const decision = decideConnection(question);
      return { decision, text: (placeOf) => connectionText(question, decision, placeOf) };
    },
  };
}

async function explain(asked: AskedReading<Ask>, options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
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
  terminal.err(lines(asked.value.unused));
  const { decision, text } = asked.value.answer(served, now);
  if (options.output === 'text') terminal.out(text(placesIn(input.apps)));
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
