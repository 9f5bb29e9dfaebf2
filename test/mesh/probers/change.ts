/** One change of an AppTraffic under probers, from before its first write until every proxy follows it. */
import type { Manifest } from '../../../src/kube/manifest.ts';
import { condition, field } from '../../testbed/kube-object.ts';
import type { KubeObject } from '../../testbed/kube-object.ts';
import type { Mesh } from '../../testbed/mesh/mesh.ts';
import { allowedBy } from './allowed.ts';
import type { Ground } from './allowed.ts';
import { startProbing } from './probing.ts';
import type { Probe, Probing, Taken } from './probing.ts';
import type { Judged } from './report.ts';
import { judge } from './verdict.ts';
import type { InForce } from './verdict.ts';

/** An app and its specs before and after. */
export type Change = {
  readonly namespace: string;
  readonly name: string;
  readonly old: object;
  readonly new: object;
  /** Sent all the time: judged by the old spec, then by both, then by the new one. */
  readonly probes?: readonly Probe[];
  /** With a change of address: sent to the old address, judged by the old spec until the operator lets go of it. */
  readonly oldAddress?: readonly Probe[];
  /** Sent to the new address while clients have the drain period to move, and after it; judged by the new spec. */
  readonly newAddress?: readonly Probe[];
  /** Sent from the moment when the status says Programmed, judged by the new spec. */
  readonly sinceProgrammed?: readonly Probe[];
  /** How the operator lets go of the old address: it deletes what serves there, or patches a Gateway. Default: delete. */
  readonly letsGoBy?: 'delete' | 'patch';
  /** Done right after the new spec was applied. */
  readonly meanwhile?: (probing: Probing) => Promise<void>;
};

/** What came of a change. */
export type Proven = { readonly judged: readonly Judged[]; readonly leftOut: number };

/** 100 requests a second; a change may take two minutes. */
const pace = { perSecond: 100, atOnce: 64, slots: 12_000 };

/** Answers that each probe gets before the change and after it, at least. */
const answersAround = 15;
const withinMs = 60_000;

/** What a wait is for, as the operator's status says it. */
const childStates = (app: KubeObject): readonly object[] =>
  (field(app, 'status', 'children') ?? []) as readonly object[];
const isDraining = (child: object): boolean => field(child, 'state') === 'Draining';
const isObserved = (app: KubeObject): boolean => field(app, 'status', 'observedGeneration') === app.metadata.generation;
const isThere = (app: KubeObject): boolean =>
  isObserved(app) && condition(app, 'Ready')?.status === 'True' && !childStates(app).some(isDraining);
/** The successor is programmed, has an address where it has one, and clients have the drain period to move. */
const isMoving = (app: KubeObject): boolean =>
  isObserved(app) &&
  childStates(app).some((child) => isDraining(child) && String(field(child, 'reason')).includes('clients'));

const always = Number.NEGATIVE_INFINITY;

/** Makes the change and judges every answer. Beforehand the old spec is in force everywhere. */
export async function prove(mesh: Mesh, ground: Ground, change: Change): Promise<Proven> {
  const { namespace, name, probes = [], oldAddress = [], newAddress = [], sinceProgrammed = [] } = change;
  await there(mesh, await mesh.app(namespace, name, change.old));
  await mesh.synced();
  const probing = startProbing(pace);
  try {
    probing.add([...probes, ...oldAddress]);
    probing.phase('before');
    await probing.more(answersAround);
    probing.phase('changing');
    const changingFrom = Date.now();
    const app = await mesh.app(namespace, name, change.new);
    await change.meanwhile?.(probing);
    const lettingGo = await untilThere(mesh, app, { probing, change, changingFrom });
    await mesh.synced();
    const newFrom = Date.now();
    probing.phase('after');
    await probing.more(answersAround);
    const { taken, leftOut } = await probing.stop();
    const timelines = {
      all: [
        { from: always, specs: ['old'] },
        { from: changingFrom, specs: ['old', 'new'] },
        { from: newFrom, specs: ['new'] },
      ],
      old: [{ from: always, specs: ['old'] }],
      new: [{ from: always, specs: ['new'] }],
    };
    const timelineOf = (probe: Probe): readonly InForce[] => {
      if (oldAddress.includes(probe)) return timelines.old;
      return [...newAddress, ...sinceProgrammed].includes(probe) ? timelines.new : timelines.all;
    };
    const counted = taken.filter(({ probe, sample }) => !oldAddress.includes(probe) || sample.answeredAt < lettingGo);
    return { judged: judgeAll(counted, timelineOf, ground, change), leftOut };
  } finally {
    await probing.stop().catch(() => undefined);
  }
}

const there = (mesh: Mesh, app: KubeObject): Promise<KubeObject> => mesh.api.waitFor(app, isThere, { withinMs });

type Running = { readonly probing: Probing; readonly change: Change; readonly changingFrom: number };

/** Resolves when nothing is left to do for the operator; gives the moment when it began to let go of the old address. */
async function untilThere(mesh: Mesh, app: KubeObject, { probing, change, changingFrom }: Running): Promise<number> {
  const { oldAddress = [], newAddress = [], sinceProgrammed = [] } = change;
  if (newAddress.length > 0) {
    await mesh.api.waitFor(app, isMoving, { withinMs });
    await mesh.synced();
    probing.add(newAddress);
    probing.phase('moving');
  }
  await there(mesh, app);
  probing.remove(oldAddress);
  probing.add(sinceProgrammed);
  return oldAddress.length === 0 ? Date.now() : firstLettingGo(mesh, change, changingFrom);
}

const edgeResources = {
  delete: ['gateways', 'virtualservices', 'ingresses'],
  patch: ['gateways'],
} as const;

/** When the API server was first asked, since then, to take an object of an edge away; the log has it to the microsecond. */
function firstLettingGo(mesh: Mesh, { namespace, letsGoBy = 'delete' }: Change, since: number): number {
  const resources: readonly string[] = edgeResources[letsGoBy];
  const asked = mesh.plane.auditEvents().filter(({ verb, objectRef }) => {
    const { namespace: at, resource = '' } = objectRef ?? {};
    return verb === letsGoBy && at === namespace && resources.includes(resource);
  });
  const times = asked.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  return Math.min(...times.filter((at) => at >= since));
}

function manifestOf({ namespace, name }: Change, spec: object): Manifest {
  return { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata: { namespace, name }, spec };
}

function judgeAll(
  taken: readonly Taken[],
  timelineOf: (probe: Probe) => readonly InForce[],
  ground: Ground,
  change: Change,
): readonly Judged[] {
  const specs = new Map(
    (['old', 'new'] as const).map((spec) => [spec as string, allowedBy([manifestOf(change, change[spec])], ground)]),
  );
  return taken.map(({ probe, phase, sample }) => ({
    probe: probe.name,
    phase,
    sample,
    verdict: judge(sample, timelineOf(probe), (spec) => specs.get(spec)?.(probe.ask) ?? []),
  }));
}
