import * as fc from 'fast-check';
import type { Manifest } from '../../../src/kube/manifest.ts';
import { extractOf } from '../../../src/plan/extract.ts';
import type { Extract } from '../../../src/plan/extract.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import type { AppMemory } from '../../../src/plan/memory.ts';
import { plan } from '../../../src/plan/plan.ts';
import { afterChanges, phaseStart } from '../../../src/plan/progress.ts';
import { desiredProjection, liveProjection } from '../../../src/plan/projection.ts';
import { childKindOf } from '../../../src/kube/gvk.ts';
import { anyState, app, manifestsOf, owned } from './app-states.ts';
import type { AppState } from './app-states.ts';
import { LiveModel } from './live-model.ts';

const settleMs = 1000;
const drainMs = 30_000;

/** One run of an operator over the model: plans and writes until nothing is left, waiting as the plan says. */
class Run {
  readonly model = new LiveModel();
  now = 1_000_000;
  writes = 0;
  memory: AppMemory = newMemory(this.now);

  /** Leads the model to the state, checking after every single write; stops short after `limit` writes. */
  lead(state: AppState, check: (objects: readonly Manifest[]) => void, limit = Infinity): void {
    let left = limit;
    for (let pass = 0; pass < 20; pass += 1) {
      const { phases, memory, recheckAt } = this.#plan(state);
      this.memory = memory;
      const [phase] = phases;
      if (phase === undefined) {
        if (recheckAt === undefined) return;
        this.now = recheckAt;
        continue;
      }
      this.now = Math.max(this.now, phaseStart(phase, this.memory, settleMs));
      for (const change of phase.changes) {
        if (left === 0) return;
        left -= 1;
        this.writes += 1;
        this.model.write(change);
        this.memory = afterChanges(this.memory, [change], this.now);
        check(this.model.objects());
      }
    }
    throw new Error('no end in sight');
  }

  /** The operator's process ends and another begins. */
  restart(): void {
    this.now += 5000;
    this.memory = newMemory(this.now);
  }

  phasesLeft(state: AppState): number {
    return this.#plan(state).phases.length;
  }

  #plan(state: AppState): ReturnType<typeof plan> {
    return plan({
      app,
      desired: manifestsOf(state),
      live: this.model.children(),
      unavailableKinds: [],
      memory: this.memory,
      now: this.now,
      drainMs,
    });
  }
}

function extractsOf(objects: readonly Manifest[]): readonly Extract[] {
  return objects.flatMap((object) => {
    const kind = childKindOf(object.apiVersion, object.kind);
    return kind === undefined ? [] : [extractOf(kind, object)];
  });
}

function destinationsOf(extracts: readonly Extract[]) {
  return extracts.flatMap((extract) => (extract.kind === 'VirtualService' ? extract.destinations : []));
}

/** No route points at a subset or a port that is not there. */
function checkTargets(objects: readonly Manifest[]): void {
  const extracts = extractsOf(objects);
  const subsets = extracts.flatMap((extract) => (extract.kind === 'DestinationRule' ? extract.subsets : []));
  const ports = extracts.flatMap((extract) => (extract.kind === 'Service' ? extract.ports : []));
  const destinations = destinationsOf(extracts);
  const paths = extracts.flatMap((extract) => (extract.kind === 'Ingress' ? extract.paths : []));
  expect(subsets).toEqual(expect.arrayContaining(destinations.flatMap(({ subset }) => subset ?? [])));
  expect(ports).toEqual(expect.arrayContaining([...destinations, ...paths].flatMap(({ port }) => port ?? [])));
}

/** A route as the new state wants it is there only beside the policy that the new state wants for it. */
function checkPolicies(state: AppState) {
  const wanted = manifestsOf(state);
  const policy = wanted.find(({ kind }) => kind === 'AuthorizationPolicy');
  const routes = wanted.filter(({ kind }) => kind === 'VirtualService' || kind === 'Ingress');
  return (objects: readonly Manifest[]): void => {
    if (policy === undefined) return;
    const isLive = routes.some((route) =>
      objects.some(({ kind, spec }) => kind === route.kind && JSON.stringify(spec) === JSON.stringify(route.spec)),
    );
    const rules = (object: Manifest | undefined): readonly unknown[] =>
      (object?.spec as { readonly rules: readonly unknown[] } | undefined)?.rules ?? [];
    const live = objects.find(({ kind }) => kind === 'AuthorizationPolicy');
    if (isLive) expect(rules(live)).toEqual(expect.arrayContaining([...rules(policy)]));
    if (isLive) expect(live).toBeDefined();
  };
}

/** The edge objects of one of the two states are all there, so that some way in works at any time. */
function checkWayIn(from: AppState, to: AppState) {
  const edgeNames = (state: AppState): readonly string[] =>
    manifestsOf({ ...state, mesh: false })
      .filter(({ kind }) => kind === 'VirtualService' || kind === 'Gateway' || kind === 'Ingress')
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return (objects: readonly Manifest[]): void => {
    if (from.edge === 'none' || to.edge === 'none') return;
    const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    expect([from, to].some((state) => edgeNames(state).every((name) => there.has(name)))).toBe(true);
  };
}

function expectAsDesired(run: Run, state: AppState): void {
  const byName = (a: Manifest, b: Manifest): number =>
    `${a.kind}/${a.metadata.name}` < `${b.kind}/${b.metadata.name}` ? -1 : 1;
  const live = [...run.model.objects()].sort(byName).map(liveProjection);
  expect(live).toEqual([...manifestsOf(state)].sort(byName).map((manifest) => desiredProjection(owned(manifest))));
}

test('from any app to any other every single write leaves routes that point somewhere, behind their policy', () => {
  fc.assert(
    fc.property(anyState, anyState, (from, to) => {
      const run = new Run();
      run.lead(from, checkTargets);
      expectAsDesired(run, from);
      run.now += 60_000;
      const [policies, wayIn] = [checkPolicies(to), checkWayIn(from, to)];
      run.lead(to, (objects) => {
        checkTargets(objects);
        policies(objects);
        wayIn(objects);
      });
      expectAsDesired(run, to);
      expect(run.phasesLeft(to)).toBe(0);
    }),
    { numRuns: 250 },
  );
});

test('a process that ends after any write leaves a state from which the next one reaches yet another app', () => {
  fc.assert(
    fc.property(anyState, anyState, anyState, fc.nat(12), (from, to, next, writes) => {
      const run = new Run();
      run.lead(from, checkTargets);
      run.lead(to, checkTargets, writes);
      run.restart();
      run.lead(next, checkTargets);
      expectAsDesired(run, next);
      expect(run.phasesLeft(next)).toBe(0);
    }),
    { numRuns: 250 },
  );
});

test('a restart with nothing changed writes nothing', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const run = new Run();
      run.lead(state, checkTargets);
      run.restart();
      const before = run.writes;
      run.lead(state, checkTargets);
      expect(run.writes).toBe(before);
    }),
  );
});
