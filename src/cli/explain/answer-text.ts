/** An answer for a person at a terminal: the request as it was understood, every candidate, and what comes of it. */
import type { Backend } from '../../model/backend.ts';
import type { Decision, Forwarded, InjectedFault, LimitedTo, Share, StickyDraw } from '../../decide/decision.ts';
import type { Question } from '../../decide/question.ts';
import type { HeaderEdits, Retries } from '../../model/route.ts';
import type { Traffic } from '../../model/traffic.ts';
import { connectionTarget } from '../../decide/connection.ts';
import type { ConnectionQuestion } from '../../decide/connection.ts';
import { targetOf } from '../../decide/target.ts';
import type { Target } from '../../decide/target.ts';
import { durationText } from '../../schema/duration.ts';
import { alignedRows, table } from '../columns.ts';
import type { Row } from '../columns.ts';
import { printable } from '../printable.ts';
import { connectionWords } from './connection-words.ts';
import { candidateTable } from './candidate-table.ts';
import type { PlaceOf } from './candidate-table.ts';
import { connectionRows, requestRows } from './request-rows.ts';

const nameWidth = 'Headers set'.length;

/** What was asked, as far as an answer is put in words. */
type Asked = Pick<Question, 'apps'> & { readonly target: Target['is']; readonly rows: readonly Row[] };

/** All of the answer to a request; `placeOf` tells where a route stands in the files. */
export function answerText(question: Question, decision: Decision, placeOf: PlaceOf): string {
  const asked = { apps: question.apps, target: targetOf(question).is, rows: requestRows(question) };
  return textOf(asked, decision, placeOf);
}

/** The same for a TCP connection. */
export function connectionText(question: ConnectionQuestion, decision: Decision, placeOf: PlaceOf): string {
  const asked = { apps: question.apps, target: connectionTarget(question).is, rows: connectionRows(question) };
  return textOf(asked, decision, placeOf);
}

function textOf(asked: Asked, decision: Decision, placeOf: PlaceOf): string {
  const parts = [
    alignedRows(asked.rows, nameWidth),
    ...(decision.candidates.length === 0 ? [] : [table(candidateTable(decision.candidates, placeOf))]),
    alignedRows(resultRows(asked, decision), nameWidth),
  ];
  return parts.join('\n');
}

function resultRows(asked: Asked, decision: Decision): readonly Row[] {
  const { app, route, body, responseHeaders, why, notes, fault, forwarded } = decision;
  return [
    ['Result', resultWords(asked, decision)],
    // Of a route that forwards, the table has said all.
    ...(forwarded !== undefined && route !== undefined ? [] : [['Because', why] as const]),
    ...(app === undefined ? [] : [['App', `${app.namespace}/${app.name}`] as const]),
    ...(route === undefined ? [] : [['Route', route] as const]),
    ...(body === undefined ? [] : named('Body', bodyLines(body))),
    ...(fault === undefined ? [] : named('Fault', faultWords(fault))),
    ...(forwarded === undefined ? [] : forwardedRows(forwarded, (share) => backendWords(share, asked, decision))),
    ...named('Answer', responseHeaders === undefined ? [] : editWords(responseHeaders)),
    ...notes.map((note): Row => ['Note', note]),
  ];
}

const statusWords: Readonly<Record<Decision['outcome'], string>> = {
  route: 'forwarded',
  redirect: 'redirect',
  respond: 'answered without a backend',
  deny: "refused by the app's pods",
  unauthorized: 'refused: a token is missing or does not hold',
  notFound: 'not found',
};

function resultWords({ target }: Asked, { app, outcome, status, location }: Decision): string {
  if (outcome === 'route') return statusWords.route;
  if (outcome === 'deny' && app === undefined) {
    return `${status ?? 'no answer:'} refused by the caller's own sidecar`;
  }
  if (target === 'UnknownService') return 'not known: no AppTraffic here has this name';
  if (status === undefined) return outcome === 'deny' ? 'refused: the connection is reset' : 'nobody answers';
  return `${status} ${statusWords[outcome]}${location === undefined ? '' : ` to ${location}`}`;
}

function forwardedRows(
  {
    backends,
    weightsManagedBy,
    path,
    host,
    setHeaders,
    addHeaders,
    removeHeaders,
    websocket,
    mirror,
    rateLimit,
    sticky,
    timeoutMs,
    retries,
    connections,
  }: Forwarded,
  wordsOf: (share: Share) => string,
): readonly Row[] {
  const sets = Object.entries(setHeaders).map(([name, value]) => `${name}: ${value}`);
  const adds = Object.entries(addHeaders).map(([name, value]) => `${name}: ${value}`);
  return [
    ...named(backends.length === 1 ? 'Backend' : 'Backends', backends.map(wordsOf)),
    ...(weightsManagedBy === undefined
      ? []
      : [['Weights', `those of the spec; ${weightsManagedBy} moves them`] as const]),
    ...named('Path seen', path === undefined ? [] : [path]),
    ...named('Host seen', host === undefined ? [] : [host]),
    ...named(sets.length === 1 ? 'Header set' : 'Headers set', sets),
    ...named('And adds', adds),
    ...named('And removes', removeHeaders),
    ...(websocket === undefined ? [] : [['Websocket', 'passes; timeout and retries hold until it is open'] as const]),
    ...(mirror === undefined ? [] : [['Mirror', wordsOf({ name: mirror.to, weight: mirror.percent })] as const]),
    ...(rateLimit === undefined ? [] : named('Limit', rateWords(rateLimit))),
    ...(sticky === undefined ? [] : named('Sticky', stickyWords(sticky))),
    ...(path === undefined ? [] : triesRows({ timeoutMs, retries })),
    ...(connections === undefined ? [] : named('Connections', connectionWords(connections))),
  ];
}

/** Of a request; a connection is neither timed nor tried again. */
function triesRows({
  timeoutMs,
  retries,
}: {
  readonly timeoutMs: number | undefined;
  readonly retries: Retries | undefined;
}): readonly Row[] {
  return [
    ['Timeout', timeoutMs === undefined ? providersOwn : durationText(timeoutMs)],
    ['Retries', retries === undefined ? providersOwn : retriesWords(retries)],
  ];
}

/** How many lines of a body are shown. */
const longestBody = 20;

/** The body line by line, safe to print; where it is cut, a line says so. */
function bodyLines(body: string): readonly string[] {
  const lines = body.split(/\r?\n/).map(printable);
  const left = lines.length - longestBody;
  return left <= 0 ? lines : [...lines.slice(0, longestBody), `(and ${left} more ${left === 1 ? 'line' : 'lines'})`];
}

const providersOwn = "the provider's own";

/** Several values below one name. */
function named(name: string, values: readonly string[]): readonly Row[] {
  return values.map((value, at) => [at === 0 ? name : '', value]);
}

const spans = { 1: 'second', 60: 'minute', 3600: 'hour' } as const;

function rateWords({ requests, perSeconds, burst, of }: LimitedTo): readonly string[] {
  const whose = of === 'App' ? 'on all routes that share the limit' : 'on this route';
  return [
    `${requests} each ${spans[perSeconds]} and pod, ${burst} at once, of all clients together ${whose}`,
    'beyond that 429',
  ];
}

function stickyWords({ cookie, kept, sets = {} }: StickyDraw): readonly string[] {
  if (kept !== undefined) return [`stays with ${kept}, which cookie ${cookie} names`];
  return Object.entries(sets).map(([name, line]) => `from ${name} comes Set-Cookie: ${line}`);
}

function faultWords({ delay, abort }: InjectedFault): readonly string[] {
  return [
    ...(delay === undefined ? [] : [`${delay.percent}% are delayed by ${durationText(delay.ms)}`]),
    ...(abort === undefined ? [] : [`${abort.percent}% are answered with ${abort.status}`]),
  ];
}

/** What is done to the headers of an answer. */
function editWords({ set, add, remove }: HeaderEdits): readonly string[] {
  return [
    ...set.map(({ name, value }) => `sets ${name}: ${value}`),
    ...add.map(({ name, value }) => `adds ${name}: ${value}`),
    ...remove.map((name) => `removes ${name}`),
  ];
}

function retriesWords({ attempts, perTryMs, backoffMs, retryOn }: Retries): string {
  if (attempts === 0) return 'none';
  return [
    `at most ${attempts}`,
    ...(perTryMs === undefined ? [] : [`${durationText(perTryMs)} for each try`]),
    ...(backoffMs === undefined ? [] : [`${durationText(backoffMs)} before the first`]),
    ...(retryOn === undefined ? [] : [`on ${retryOn.join(', ')}`]),
  ].join(', ');
}

function backendWords({ name, weight }: Share, { apps }: Pick<Asked, 'apps'>, { app }: Decision): string {
  const own = apps.find(({ traffic }) => traffic.app.namespace === app?.namespace && traffic.app.name === app.name);
  const backend = own?.traffic.backends.find((one) => one.name === name);
  const pods = own === undefined || backend === undefined ? '' : ` (${podsWords(backend, own.traffic)})`;
  return `${weight}% ${name}${pods}`;
}

function podsWords(backend: Backend, { app: { namespace }, service: { externalName } }: Traffic): string {
  if (backend.kind === 'App') return externalName ?? 'all pods of the app';
  if (backend.kind === 'Service') {
    const service = backend.namespace === namespace ? backend.service : `${backend.namespace}/${backend.service}`;
    return `Service ${service}, port ${backend.port}`;
  }
  if (backend.kind === 'Host') return `${backend.host}, port ${backend.port}${backend.tls ? ', over TLS' : ''}`;
  const labels = Object.entries(backend.labels).map(([key, value]) => `${key}=${value}`);
  return `pods with ${labels.join(', ')}`;
}
