/** The route tests of a sample against a mesh: through its gateway by `apptraffic test --live`, and by callers inside. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { allowedCounts } from '../../src/cli/route-test/judge-split.ts';
import type { Mesh } from '../testbed/mesh/mesh.ts';
import type { Pod } from '../testbed/mesh/pod.ts';
import { echoOf } from '../testbed/mesh/request.ts';
import type { Answer } from '../testbed/mesh/request.ts';

const root = join(import.meta.dirname, '../..');
const bundle = join(root, 'dist/apptraffic.cjs');

/** What `apptraffic test -o json` prints, as far as it is judged here. */
type Report = {
  readonly cases: readonly {
    readonly name: string;
    readonly result: string;
    readonly expectations: readonly Expectation[];
  }[];
};
type Expectation = Readonly<Record<'field' | 'result' | 'expected' | 'got', string>>;

/** Runs a program on the machine's files but in the network of the mesh's client outside; gives what it printed, whatever its exit code. */
export function fromOutside(mesh: Mesh, words: readonly string[]): Promise<string> {
  const [command, args] = mesh.internet.namespace.entering(process.execPath, [bundle, ...words]);
  return new Promise((resolve, reject) => {
    const options = { cwd: root, env: { PATH: process.env.PATH }, timeout: 240_000, maxBuffer: 16 << 20 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null || typeof error.code === 'number') resolve(stdout === '' ? stderr : stdout);
      else reject(error);
    });
  });
}

/** Each case of the file through the gateway: `Pass NAME`; with what failed, and the fields that the answers do not tell. */
export async function liveResults(mesh: Mesh, file: string, ca?: string): Promise<readonly string[]> {
  const address = mesh.gateways[0]?.address ?? '';
  const live = [
    '--live',
    `http://${address}`,
    ...(ca === undefined ? [] : ['--live', `https://${address}`, '--ca', ca]),
  ];
  const printed = await fromOutside(mesh, ['test', '-f', file, ...live, '-o', 'json']);
  const { cases } = JSON.parse(printed) as Report;
  return cases.map(({ name, result, expectations }) => {
    const failed = expectations.filter((one) => one.result === 'Fails');
    const unjudged = result === 'NotJudged' ? [] : expectations.filter((one) => one.result === 'NotJudged');
    const notes = [
      ...failed.map(({ field, expected, got }) => `${field} is ${got} instead of ${expected}`),
      ...(unjudged.length === 0 ? [] : [`without ${unjudged.map(({ field }) => field).join(', ')}`]),
    ];
    return [`${result} ${name}`, ...notes].join('; ');
  });
}

type Case = {
  readonly name: string;
  readonly request: {
    readonly method?: string;
    readonly url: string;
    readonly headers?: readonly { readonly name: string; readonly value: string }[];
    readonly from?: string;
  };
  readonly expect: {
    readonly outcome: string;
    readonly status?: number;
    readonly backend?: string;
    readonly backends?: Readonly<Record<string, number>>;
  };
};

/** Cases that are asked inside the mesh: by a workload, or under the name of a Service. */
function insideCases(file: string): readonly Case[] {
  const { cases } = parse(readFileSync(join(root, file), 'utf8')) as { readonly cases: readonly Case[] };
  return cases.filter(({ request: { from, url } }) => from !== undefined || new URL(url).hostname.includes('.svc'));
}

/** Who calls. A pod without a sidecar has no way to a Service, and calls one of the app's pods at `podAddress` (`ADDRESS:PORT`). */
export type Inside = { readonly callers: readonly Pod[]; readonly plain: Pod; readonly podAddress: string };

/** Number of requests of a case: many where weights are counted. */
const samplesOf = ({ expect }: Case): number => (expect.backends === undefined ? 20 : 400);

function outcomeOf(answer: Answer): string {
  if (answer.connectionError !== undefined)
    return answer.connectionError === 'ECONNRESET' ? 'deny' : answer.connectionError;
  return { 200: 'route', 403: 'deny 403' }[answer.status] ?? `${answer.status}`;
}

function judge(
  answers: readonly Answer[],
  { outcome, status, backend, backends }: Case['expect'],
  nameOf: NameOf,
): string {
  const outcomes = [...new Set(answers.map(outcomeOf))].join(', ');
  const expected = status === undefined ? outcome : `${outcome} ${status}`;
  if (outcomes !== expected) return `${outcomes} instead of ${expected}`;
  const weights = backends ?? (backend === undefined || backend === 'app' ? {} : { [backend]: 100 });
  const names = answers.flatMap((answer) => (outcome === 'route' ? [nameOf(echoOf(answer).version)] : []));
  const wrong = Object.entries(weights).filter(([name, weight]) => {
    const { least, most } = allowedCounts(answers.length, weight, Object.keys(weights).length);
    const count = names.filter((one) => one === name).length;
    return count < least || count > most;
  });
  return wrong.map(([name, weight]) => `not ${weight}% ${name} of ${names.join(' ')}`).join('; ');
}

/** The backend whose pods have that version. */
export type NameOf = (version: string) => string;

/** Each case that is asked inside the mesh, asked there: `Pass NAME`, or `Fail` with what came instead. */
export async function insideResults(
  file: string,
  { callers, plain, podAddress }: Inside,
  nameOf: NameOf,
): Promise<readonly string[]> {
  const results: string[] = [];
  for (const one of insideCases(file)) {
    const { name, request, expect } = one;
    const { method = 'GET', url, headers = [], from } = request;
    const { hostname, port, host, pathname, search } = new URL(url);
    const caller = callers.find((pod) => `${pod.podNamespace}/${pod.name}` === from) ?? plain;
    const [service, namespace = caller.podNamespace] = hostname.split('.');
    const to = from === undefined ? podAddress : `${service}.${namespace}:${port === '' ? 80 : port}`;
    const lines = headers.map((line) => [line.name, line.value] as const);
    const answers = await Promise.all(
      Array.from({ length: samplesOf(one) }, () =>
        caller.request({ to, host, method, path: pathname + search, headers: lines }),
      ),
    );
    const fault = judge(answers, expect, nameOf);
    results.push(fault === '' ? `Pass ${name}` : `Fail ${name}; ${fault}`);
  }
  return results;
}
