import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { isDryRun } from '../../../src/kube/dry-run.ts';
import { listAt } from '../../../src/kube/json.ts';
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

type Check = (objects: readonly Manifest[]) => void;

/** One run of an operator over the model: plans and writes until nothing is left, waiting as the plan says. */
class Run {
  readonly model = new LiveModel();
  now = 1_000_000;
  writes = 0;
  memory: AppMemory = newMemory(this.now);

  /** Leads the model to the state, checking after every single write; stops short after `limit` writes. */
  lead(state: AppState, check: Check, limit = Infinity): void {
    this.leadTo(manifestsOf(state), check, limit);
  }

  /** The same for any children. */
  leadTo(desired: readonly Manifest[], check: Check, limit = Infinity): void {
    let left = limit;
    for (let pass = 0; pass < 20; pass += 1) {
      const { phases, memory, recheckAt } = this.#plan(desired);
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

  phasesLeft(desired: readonly Manifest[]): number {
    return this.#plan(desired).phases.length;
  }

  #plan(desired: readonly Manifest[]): ReturnType<typeof plan> {
    return plan({
      app,
      desired,
      live: this.model.children(),
      unavailableKinds: [],
      resolved: true,
      memory: this.memory,
      now: this.now,
      settleMs,
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

/** No route names a subset that the DestinationRule of its host lacks. */
function checkSubsets(objects: readonly Manifest[]): void {
  const extracts = extractsOf(objects);
  const rules = extracts.flatMap((extract) => (extract.kind === 'DestinationRule' ? [extract] : []));
  const missing = destinationsOf(extracts).filter(
    ({ host, subset }) =>
      subset !== undefined && !rules.some((rule) => rule.host === host && rule.subsets.includes(subset)),
  );
  expect(missing).toEqual([]);
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

/** What routes may lead to: subsets and Service ports. */
function targetsOf(extracts: readonly Extract[]): ReadonlySet<string> {
  return new Set(
    extracts.flatMap((extract) => {
      if (extract.kind === 'DestinationRule') return extract.subsets.map((subset) => `subset ${subset}`);
      return extract.kind === 'Service' ? extract.ports.map((port) => `port ${port}`) : [];
    }),
  );
}

/** A route leads to what has been there for `settle`: proxies hear of it on another way than of routes. */
function checkSettled(first: readonly Manifest[], at: number) {
  let since = new Map([...targetsOf(extractsOf(first))].map((target) => [target, at]));
  return (objects: readonly Manifest[], now: number): void => {
    const extracts = extractsOf(objects);
    since = new Map([...targetsOf(extracts)].map((target) => [target, since.get(target) ?? now]));
    const named = destinationsOf(extracts).flatMap(({ subset, port }) => [
      ...(subset === undefined ? [] : [`subset ${subset}`]),
      ...(port === undefined ? [] : [`port ${port}`]),
    ]);
    const early = named.filter((target) => (since.get(target) ?? now) > now - settleMs);
    expect(early).toEqual([]);
  };
}

/** Plain http is sent to https only where https is served; without a Gateway nothing is sent anywhere. */
function checkRedirects(objects: readonly Manifest[]): void {
  const [gateway, ...routes] = ['Gateway', 'VirtualService'].map((name) => objects.filter(({ kind }) => kind === name));
  const redirects = JSON.stringify(routes).includes('"scheme":"https"');
  if (gateway?.length === 1 && redirects) expect(JSON.stringify(gateway)).toContain('"number":443');
}

/**
 * While routes of the old state are live, nobody is admitted whom the old state does not admit, and while routes of the new
 * state are, nobody whom the new one does not; whom both admit is admitted all the time. Whoever serves them may come and go.
 */
function checkPolicies(from: AppState, to: AppState) {
  const isMove = from.edge !== to.edge;
  const differing = (own: AppState, other: AppState): ReadonlySet<string> => {
    const texts = (state: AppState): readonly string[] => routeTexts(manifestsOf(state));
    return new Set(texts(own).filter((text) => !texts(other).includes(text)));
  };
  const [old, fresh] = [differing(from, to), differing(to, from)];
  const admits = ({ allow, audit }: AppState, caller: string): boolean =>
    audit === true || allow?.includes(caller) !== false;
  const sides = [
    { state: from, routes: old },
    { state: to, routes: fresh },
  ];
  const isServed = to.edge !== 'none' && to.allow !== undefined;
  return (objects: readonly Manifest[]): void => {
    const live = routeTexts(objects);
    const isLive = (routes: ReadonlySet<string>): boolean => live.some((text) => routes.has(text));
    // A move keeps the old rules until the old edge has gone.
    const bound = isMove ? [] : sides.filter(({ routes }) => isLive(routes));
    const admitted = callers.filter((caller) => admitsLive(objects, caller));
    for (const { state } of bound) expect(admitted.filter((caller) => !admits(state, caller))).toEqual([]);
    expect(admitted).toEqual(expect.arrayContaining(callers.filter((one) => admits(from, one) && admits(to, one))));
    if (isServed && isLive(fresh)) expect(admitsLive(objects, `edge-${to.edge}`)).toBe(true);
  };
}

/** While routes of a state are live that lead in from outside, so are all of its guards: nobody comes in past them. */
function checkGuards(from: AppState, to: AppState) {
  const routesIn = (state: AppState): readonly string[] => routeTexts(manifestsOf({ ...state, mesh: false }));
  const wanted = [from, to].map((state) => ({
    routes: routesIn(state).filter((text) => !routesIn(state === from ? to : from).includes(text)),
    rules: rulesIn(manifestsOf(state)),
  }));
  return (objects: readonly Manifest[]): void => {
    const [routes, rules] = [routeTexts(objects), rulesIn(objects)];
    for (const state of wanted) {
      if (state.routes.some((text) => routes.includes(text)))
        expect(rules).toEqual(expect.arrayContaining([...state.rules]));
    }
  };
}

function rulesIn(objects: readonly Manifest[]): readonly string[] {
  return objects
    .filter(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'shop-external')
    .flatMap(({ spec }) => listAt(spec, 'rules').map((rule) => JSON.stringify(rule)));
}

const callers = ['checkout', 'billing'];

function routeTexts(objects: readonly Manifest[]): readonly string[] {
  return objects.flatMap(({ kind, metadata, spec }) =>
    kind === 'VirtualService' || kind === 'Ingress' ? [`${kind} ${metadata.name} ${JSON.stringify(spec)}`] : [],
  );
}

function admitsLive(objects: readonly Manifest[], caller: string): boolean {
  const policy = objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'shop');
  return policy === undefined || isDryRun(policy) || JSON.stringify(policy.spec).includes(`"${caller}"`);
}

/** Where the pods limit what comes through either edge, they do so as long as a route of that edge is live. */
function checkLimits(from: AppState, to: AppState) {
  const edges = { 'shop-istio': 'edge-generated', 'shop-istio-ingress-public': 'edge-named' };
  return (objects: readonly Manifest[]): void => {
    if (from.limited !== true || to.limited !== true) return;
    const limits = JSON.stringify(objects.filter(({ kind }) => kind === 'EnvoyFilter'));
    const live = objects.filter(({ kind }) => kind === 'VirtualService').map(({ metadata: { name } }) => name);
    for (const [name, edge] of Object.entries(edges)) if (live.includes(name)) expect(limits).toContain(edge);
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

function expectAsDesired(run: Run, desired: readonly Manifest[]): void {
  const byName = (a: Manifest, b: Manifest): number =>
    `${a.kind}/${a.metadata.name}` < `${b.kind}/${b.metadata.name}` ? -1 : 1;
  const live = [...run.model.objects()].sort(byName).map(liveProjection);
  expect(live).toEqual([...desired].sort(byName).map((manifest) => desiredProjection(owned(manifest))));
}

test('from any app to any other every single write leaves routes that point somewhere, behind their policy', () => {
  fc.assert(
    fc.property(anyState, anyState, (from, to) => {
      const run = new Run();
      run.lead(from, checkTargets);
      expectAsDesired(run, manifestsOf(from));
      run.now += 60_000;
      const [policies, guards] = [checkPolicies(from, to), checkGuards(from, to)];
      const [limits, wayIn] = [checkLimits(from, to), checkWayIn(from, to)];
      const settled = checkSettled(run.model.objects(), run.now - 60_000);
      run.lead(to, (objects) => {
        checkTargets(objects);
        settled(objects, run.now);
        checkRedirects(objects);
        policies(objects);
        guards(objects);
        limits(objects);
        wayIn(objects);
      });
      expectAsDesired(run, manifestsOf(to));
      expect(run.phasesLeft(manifestsOf(to))).toBe(0);
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
      expectAsDesired(run, manifestsOf(next));
      expect(run.phasesLeft(manifestsOf(next))).toBe(0);
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

/** Every golden output, under the namespace and name of these tests' app: what compile really gives. */
function goldenApps(): readonly (readonly Manifest[])[] {
  const folder = 'test/golden';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('manifests.yaml'),
  );
  return files.sort().map((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8'))
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null),
  );
}

test('from any golden output to any other, through every write, routes find their subsets', () => {
  const apps = goldenApps();
  expect(apps.length).toBeGreaterThan(10);
  for (const [at, from] of apps.entries()) {
    // Every app meets every other once on this way round, in steps of growing length.
    for (let step = 1; step < apps.length; step += 5) {
      const to = apps[(at + step) % apps.length] ?? [];
      const run = new Run();
      run.leadTo(from, checkSubsets);
      run.leadTo(to, checkSubsets);
      const isRefused = headlessOf(from) !== headlessOf(to);
      if (!isRefused) expectAsDesired(run, to);
      expect(run.phasesLeft(to)).toBe(0);
    }
  }
});

/** Whether the app's Service is headless; undefined without one: plan refuses to turn one into the other. */
function headlessOf(manifests: readonly Manifest[]): boolean | undefined {
  const [service] = extractsOf(manifests).flatMap((extract) => (extract.kind === 'Service' ? [extract] : []));
  return service?.type === 'ExternalName' ? undefined : service?.headless;
}
