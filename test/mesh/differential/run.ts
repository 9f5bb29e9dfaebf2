/** Runs worlds through the real mesh, round by round, and compares every answer with the decision. */
import { randomUUID } from 'node:crypto';
import { decide } from '../../../src/decide/decide.ts';
import type { Decision } from '../../../src/decide/decision.ts';
import { brokenWebsocket } from '../../../src/decide/upgrade.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { field } from '../../testbed/kube-object.ts';
import type { KubeObject } from '../../testbed/kube-object.ts';
import { abortsOf, wronglyAborted } from './aborts.ts';
import { copiesOf, wronglyCopied } from './copies.ts';
import { connectionsOf, decisionOn, endingsOf } from './connections.ts';
import type { Connection, Ending } from './connections.ts';
import { differences, triesAtFailure, wrongShares } from './compare.ts';
import { expectationsOf } from './expected.ts';
import type { Expected } from './expected.ts';
import { inChunks } from './in-chunks.ts';
import { connect, observe } from './observe.ts';
import type { Place } from './observe.ts';
import type { Observed } from './observed.ts';
import { pairsOf } from './requests.ts';
import type { Pair } from './requests.ts';
import { roundsOf } from './rounds.ts';
import type { Round } from './rounds.ts';
import { splitsOf } from './splits.ts';
import type { Stage } from './stage.ts';
import { prepare } from './world.ts';
import type { Prepared, World } from './world.ts';

/** A request or connection for which the mesh did what `decide` does not say. */
export type Disagreement = {
  readonly world: World;
  readonly ask: Pair | Connection;
  readonly decision: Decision;
  readonly expected: readonly (Expected | Ending)[];
  readonly observed?: Observed | Ending;
  readonly differences: readonly string[];
};

/** What a run compared. */
export type Report = {
  readonly worlds: number;
  /** Pairs whose answer was compared. */
  readonly pairs: number;
  /** TCP connections whose ending was compared. */
  readonly connections: number;
  /** Pairs among them whose request always failed, to count how often it was tried. */
  readonly failing: number;
  /** Splits whose shares were counted. */
  readonly splits: number;
  /** Mirrors whose copies were counted. */
  readonly mirrors: number;
  /** Faults whose aborts were counted. */
  readonly faults: number;
  readonly disagreements: readonly Disagreement[];
};

/** How a run is made; `manifestsOf` gives other manifests than compile does, to see whether that is noticed. */
export type RunOptions = {
  readonly manifestsOf?: (world: World) => readonly Manifest[];
  /** Most pairs of one world; default what CI sends. */
  readonly pairsPerWorld?: number;
  readonly log?: (line: string) => void;
  /** Whether the first round with a disagreement is the last. */
  readonly stopsAtDisagreement?: boolean;
  /** Told of every disagreement as it comes. */
  readonly onDisagreement?: (one: Disagreement) => void;
};

type Asked = { readonly prepared: Prepared; readonly pair: Pair; readonly decision: Decision };

/** How many splits, mirrors and faults may still be counted: they cost many requests. */
type Left = { readonly splitsLeft: number; readonly mirrorsLeft: number; readonly faultsLeft: number };

const atOnce = 48;
const requestsPerSplit = 600;
const splitsPerRun = 12;
const mirrorsPerRun = 24;
const requestsPerFault = 150;
const faultsPerRun = 12;

/** Puts all worlds into the mesh, one round after another, and sends their requests. */
export function run(stage: Stage, worlds: readonly World[], options: RunOptions = {}): Promise<Report> {
  return runRounds(stage, roundsOf(worlds), options);
}

/** The same with worlds that stand in rounds already. */
export async function runRounds(stage: Stage, rounds: readonly Round[], options: RunOptions = {}): Promise<Report> {
  const reports: Report[] = [];
  let splitsLeft = splitsPerRun;
  let mirrorsLeft = mirrorsPerRun;
  let faultsLeft = faultsPerRun;
  for (const [i, round] of rounds.entries()) {
    const started = performance.now();
    const report = await runRound(stage, round, { ...options, splitsLeft, mirrorsLeft, faultsLeft });
    splitsLeft -= report.splits;
    mirrorsLeft -= report.mirrors;
    faultsLeft -= report.faults;
    reports.push(report);
    for (const one of report.disagreements) options.onDisagreement?.(one);
    if (options.stopsAtDisagreement === true && report.disagreements.length > 0) break;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    options.log?.(
      `round ${i + 1}: ${report.worlds} worlds, ${report.pairs} pairs, ${report.disagreements.length} disagreements, ${seconds} s`,
    );
  }
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    worlds: sum((report) => report.worlds),
    pairs: sum((report) => report.pairs),
    connections: sum((report) => report.connections),
    failing: sum((report) => report.failing),
    splits: sum((report) => report.splits),
    mirrors: sum((report) => report.mirrors),
    faults: sum((report) => report.faults),
    disagreements: reports.flatMap((report) => report.disagreements),
  };
}

async function runRound(stage: Stage, round: Round, options: RunOptions & Left): Promise<Report> {
  const prepared = round.map(prepare);
  const manifests = prepared.flatMap((one) => options.manifestsOf?.(one.world) ?? one.manifests);
  const { api } = stage.mesh;
  const created = await inChunks(manifests, 16, (manifest) => api.create(manifest as unknown as KubeObject));
  try {
    await stage.mesh.synced(120_000);
    const addresses = new Map(
      created.flatMap(({ kind, metadata, spec }) =>
        kind === 'Service'
          ? [[`${metadata.namespace ?? ''}/${metadata.name}`, String(field(spec, 'clusterIP'))] as const]
          : [],
      ),
    );
    return await ask(stage, prepared, { ...options, addresses });
  } finally {
    await inChunks(created, 16, (object) => api.delete(object));
  }
}

async function ask(
  stage: Stage,
  prepared: readonly Prepared[],
  options: RunOptions & Left & { readonly addresses: ReadonlyMap<string, string> },
): Promise<Report> {
  const asked = prepared.flatMap((one) =>
    pairsOf(one, options.pairsPerWorld)
      .filter(({ to }) => to !== 'nowhere')
      .map((pair): Asked => ({
        prepared: one,
        pair,
        decision: decide({ ...one.served, request: pair.request, caller: pair.caller }),
      })),
  );
  const placeOf = (one: Prepared): Place => ({
    stage,
    prepared: one,
    clusterIp: (service) => options.addresses.get(service) ?? '',
  });
  const compare = async (one: Asked, i: number): Promise<Disagreement | undefined> =>
    disagreementOf(one, await observe(one.pair, placeOf(one.prepared), i));
  const compared = [
    ...(await inChunks(
      asked.filter((one) => !breaksConnection(one)),
      atOnce,
      compare,
    )),
    ...(await inChunks(asked.filter(breaksConnection), 1, compare)),
  ];
  const failing = await inChunks(onePerRoute(asked), atOnce, (one) =>
    // Pods count by key as long as they live, over all runs.
    triedWrongly(stage, one, { key: randomUUID(), place: placeOf(one.prepared) }),
  );
  const splits = prepared
    .flatMap((one) => splitsOf(asked.filter((each) => each.prepared === one)))
    .slice(0, options.splitsLeft);
  const counted = await inChunks(splits, 1, async (split) => {
    const answers = await inChunks(Array.from({ length: requestsPerSplit }), atOnce, (_, i) =>
      observe(split.pair, placeOf(split.prepared), i),
    );
    return wronglyShared(split, answers);
  });
  const mirrors = prepared
    .flatMap((one) => copiesOf(asked.filter((each) => each.prepared === one)))
    .slice(0, options.mirrorsLeft);
  const copied = await inChunks(mirrors, 1, async (mirror) => {
    const found = await wronglyCopied(mirror, placeOf(mirror.prepared));
    return found.length === 0
      ? undefined
      : told(mirror, expectationsOf(mirror.decision, mirror.pair, mirror.prepared), found);
  });
  const faults = abortsOf(asked).slice(0, options.faultsLeft);
  const aborted = await inChunks(faults, 1, async (fault) => {
    const answers = await inChunks(Array.from({ length: requestsPerFault }), atOnce, (_, i) =>
      observe(fault.pair, placeOf(fault.prepared), i),
    );
    const found = wronglyAborted(fault, answers);
    return found.length === 0
      ? undefined
      : told(fault, expectationsOf(fault.decision, fault.pair, fault.prepared), found);
  });
  const opened = prepared.flatMap((one) => connectionsOf(one).map((connection) => ({ prepared: one, connection })));
  const ended = await inChunks(opened, atOnce, async (one, i) =>
    endedWrongly(one, await connect(one.connection, placeOf(one.prepared), i)),
  );
  return {
    worlds: prepared.length,
    pairs: asked.length,
    connections: opened.length,
    failing: failing.length,
    splits: splits.length,
    mirrors: mirrors.length,
    faults: faults.length,
    disagreements: [...compared, ...failing, ...counted, ...copied, ...aborted, ...ended].flatMap((one) => one ?? []),
  };
}

/** Whether it cuts the proxy's HTTP/2 connection to the pods, over which others may be under way. */
function breaksConnection({ decision }: Asked): boolean {
  return decision.why === brokenWebsocket.why;
}

function disagreementOf(one: Asked, observed: Observed): Disagreement | undefined {
  const expected = expectationsOf(one.decision, one.pair, one.prepared);
  const found = differences(expected, observed, one.pair.request.method === 'HEAD');
  return found.length === 0 ? undefined : told(one, expected, found, observed);
}

function endedWrongly(
  { prepared, connection }: { readonly prepared: Prepared; readonly connection: Connection },
  observed: Ending,
): Disagreement | undefined {
  const decision = decisionOn(connection, prepared);
  const expected = endingsOf(decision, connection, prepared);
  if (expected.includes(observed)) return undefined;
  const difference = `${expected.join(' or ')} was expected, got ${observed}`;
  return { world: prepared.world, ask: connection, decision, expected, observed, differences: [difference] };
}

function told(
  { prepared, pair, decision }: Asked,
  expected: readonly Expected[],
  found: readonly string[],
  observed?: Observed,
): Disagreement {
  return {
    world: prepared.world,
    ask: pair,
    decision,
    expected,
    differences: found,
    ...(observed === undefined ? {} : { observed }),
  };
}

/** One pair for every route that only pods answer. */
function onePerRoute(asked: readonly Asked[]): readonly Asked[] {
  const sound = asked.filter(({ pair, decision, prepared }) => {
    const expected = decision.forwarded === undefined ? [] : expectationsOf(decision, pair, prepared);
    return (
      expected.length === 1 &&
      expected[0]?.is === 'pod' &&
      triesAtFailure(decision) !== undefined &&
      pair.request.method === 'GET'
    );
  });
  const keyOf = ({ decision, prepared, pair }: Asked): string =>
    [prepared.world.name, decision.app?.name, decision.route, pair.to === 'gateway'].join(' ');
  return [...new Map(sound.map((one) => [keyOf(one), one])).values()];
}

async function triedWrongly(
  stage: Stage,
  one: Asked,
  { key, place }: { readonly key: string; readonly place: Place },
): Promise<Disagreement | undefined> {
  const { request } = one.pair;
  const wish = (name: string, value: string): { name: string; value: string } => ({ name: `x-echo-${name}`, value });
  const wanted = triesAtFailure(one.decision);
  const headers = [
    ...request.headers,
    wish('key', key),
    wish('status', '500'),
    ...slowness(one, wanted).map((ms) => wish('delay-ms', ms)),
  ];
  const failing: Asked = { ...one, pair: { ...one.pair, request: { ...request, headers } } };
  const expected = expectationsOf(one.decision, one.pair, one.prepared);
  const observed = await observe(failing.pair, place, 0);
  const tries = await stage.mesh.count(key);
  const found = [
    ...differences(expected, observed),
    ...(isCount(tries, wanted, one.decision) ? [] : [`tries: expected ${wanted}, got ${tries}`]),
  ];
  return found.length === 0 ? undefined : told(failing, expected, found, observed);
}

/** One copy may be counted beside the tries: it is sent once, with the first of them. */
function isCount(tries: number, wanted: number | undefined, { forwarded }: Decision): boolean {
  return tries === wanted || (forwarded?.mirror !== undefined && wanted !== undefined && tries === wanted + 1);
}

/** How long the pod takes where a connection must be there sooner: that is no limit of an answer. At most once, lest the test take long. */
function slowness({ decision }: Asked, tries: number | undefined): readonly string[] {
  const ms = decision.forwarded?.connections?.connectTimeout;
  return ms === undefined || ms > 2000 || tries !== 1 ? [] : [String(ms + 500)];
}

type Split = ReturnType<typeof splitsOf<Asked>>[number];

function wronglyShared(split: Split, answers: readonly Observed[]): Disagreement | undefined {
  const counted = split.shares.map(({ name, weight, pods }) => ({
    name,
    share: weight,
    count: answers.filter((one) => one.is === 'answer' && pods.includes(`${one.seen?.pod}:${one.seen?.port}`)).length,
  }));
  const missing = answers.length - counted.reduce((sum, { count }) => sum + count, 0);
  const found = [
    ...wrongShares(counted),
    ...(missing === 0 ? [] : [`${missing} of ${answers.length} came from nobody`]),
  ];
  return found.length === 0
    ? undefined
    : told(split, expectationsOf(split.decision, split.pair, split.prepared), found);
}
