import { isJsonObject } from '../../../src/kube/json.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { ManagedFieldsEntry, Manifest } from '../../../src/kube/manifest.ts';
import { remedyFor } from '../../../src/plan/difference.ts';
import type { Remedy } from '../../../src/plan/difference.ts';
import { desiredHash, liveHash } from '../../../src/plan/projection.ts';
import { child, owned } from './app-states.ts';
import { applied } from './live-model.ts';

const guards = [
  { op: 'replace', path: '/metadata/uid', value: 'uid' },
  { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
];

const rule = (spec: unknown): Manifest => owned(child('networking.istio.io/v1', 'DestinationRule', 'shop', spec));
const subsets = [{ name: 'stable', labels: { version: 'v1' } }];
const plain = rule({ host: 'shop', subsets });

/** A live object: what the operator applied, with the spec as it is now and what another manager holds (managedFields). */
function liveAfter(before: Manifest, spec: JsonObject, foreign?: JsonObject): Manifest {
  const live = applied(before, 'uid', '7');
  const [own] = live.metadata.managedFields ?? [];
  const kubectl: ManagedFieldsEntry = { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': foreign } };
  return {
    ...live,
    metadata: { ...live.metadata, managedFields: [own ?? {}, ...(foreign === undefined ? [] : [kubectl])] },
    spec: { ...(isJsonObject(before.spec) ? before.spec : {}), ...spec },
  };
}

const tls = { tls: { mode: 'DISABLE' } };
const heldTls = { 'f:trafficPolicy': { 'f:tls': { '.': {}, 'f:mode': {} } } };
const pool = { connectionPool: { tcp: { connectTimeout: '2s' } } };
const withPool = rule({ host: 'shop', subsets, trafficPolicy: pool });

const rows: readonly {
  readonly title: string;
  readonly desired: Manifest;
  readonly live: Manifest;
  readonly remedy: Remedy;
}[] = [
  {
    title: 'equal objects need nothing',
    desired: plain,
    live: liveAfter(plain, {}),
    remedy: { apply: false, strip: [] },
  },
  {
    title: 'a changed value is applied',
    desired: plain,
    live: liveAfter(plain, { host: 'other' }, { 'f:host': {} }),
    remedy: { apply: true, strip: [] },
  },
  {
    title: 'a field that somebody added is removed by its path alone',
    desired: plain,
    live: liveAfter(plain, { trafficPolicy: tls }, heldTls),
    remedy: { apply: false, strip: [...guards, { op: 'remove', path: '/spec/trafficPolicy' }] as Remedy['strip'] },
  },
  {
    title: 'beside what is ours only the added field is removed',
    desired: withPool,
    live: liveAfter(withPool, { trafficPolicy: { ...pool, ...tls } }, heldTls),
    remedy: { apply: false, strip: [...guards, { op: 'remove', path: '/spec/trafficPolicy/tls' }] as Remedy['strip'] },
  },
  {
    title: 'what is ours and no longer desired goes with an apply',
    desired: plain,
    live: liveAfter(withPool, {}),
    remedy: { apply: true, strip: [] },
  },
  {
    title: 'what is ours and no longer desired goes with the patch where somebody added to it',
    desired: plain,
    live: liveAfter(withPool, { trafficPolicy: { ...pool, ...tls } }, heldTls),
    remedy: { apply: false, strip: [...guards, { op: 'remove', path: '/spec/trafficPolicy' }] as Remedy['strip'] },
  },
  {
    title: 'an element added to an atomic list is taken back by an apply',
    desired: plain,
    live: liveAfter(plain, { subsets: [...subsets, { name: 'evil' }] }, { 'f:subsets': {} }),
    remedy: { apply: true, strip: [] },
  },
  {
    title: 'a changed value and an added field need both',
    desired: plain,
    live: liveAfter(plain, { host: 'other', trafficPolicy: tls }, { 'f:host': {}, ...heldTls }),
    remedy: { apply: true, strip: [...guards, { op: 'remove', path: '/spec/trafficPolicy' }] as Remedy['strip'] },
  },
  {
    title: 'a field that nobody holds is removed by its path',
    desired: plain,
    live: liveAfter(plain, { exportTo: ['.'] }),
    remedy: { apply: false, strip: [...guards, { op: 'remove', path: '/spec/exportTo' }] as Remedy['strip'] },
  },
  {
    title: 'a key with a slash is escaped',
    desired: plain,
    live: liveAfter(plain, { 'a/b~c': 1 }),
    remedy: { apply: false, strip: [...guards, { op: 'remove', path: '/spec/a~1b~0c' }] as Remedy['strip'] },
  },
];

const policy = owned(child('security.istio.io/v1', 'AuthorizationPolicy', 'shop', { action: 'ALLOW' }));
const annotated = (manifest: Manifest, annotations: Readonly<Record<string, string>>): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, annotations },
});

describe('an annotation by which a policy refuses nobody', () => {
  const dryRun = { 'istio.io/dry-run': 'true' };
  const audited = annotated(policy, dryRun);

  it('is removed where somebody else put it, and others stay', () => {
    const live = annotated(liveAfter(policy, {}), { ...dryRun, note: 'mine' });
    const strip = [...guards, { op: 'remove', path: '/metadata/annotations/istio.io~1dry-run' }];
    expect(remedyFor(policy, live)).toEqual({ apply: false, strip });
    expect(liveHash(live)).not.toBe(desiredHash(policy));
    expect(liveHash(annotated(live, { note: 'mine' }))).toBe(desiredHash(policy));
  });

  it("comes and goes with an apply where it is the operator's own", () => {
    expect(remedyFor(audited, liveAfter(policy, {}))).toEqual({ apply: true, strip: [] });
    expect(remedyFor(policy, liveAfter(audited, {}))).toEqual({ apply: true, strip: [] });
    expect(remedyFor(audited, liveAfter(audited, {}))).toEqual({ apply: false, strip: [] });
    expect(remedyFor(audited, annotated(liveAfter(audited, {}), { 'istio.io/dry-run': 'false' }))).toEqual({
      apply: true,
      strip: [],
    });
  });

  it('means nothing on an object of another kind', () => {
    const live = annotated(liveAfter(plain, {}), dryRun);
    expect([remedyFor(plain, live), liveHash(live)]).toEqual([{ apply: false, strip: [] }, desiredHash(plain)]);
  });
});

test.each(rows)('$title', ({ desired, live, remedy }) => {
  expect(remedyFor(desired, live)).toEqual(remedy);
});

describe('ports of a Service', () => {
  const http = { name: 'http', port: 80, targetPort: 8080 };
  const service = (ports: readonly JsonObject[]): Manifest => owned(child('v1', 'Service', 'shop', { ports }));
  const held = (port: number): JsonObject => ({
    [`k:{"port":${port},"protocol":"TCP"}`]: { 'f:port': {}, 'f:name': {} },
  });
  const heldWhole = (port: JsonObject): JsonObject => ({
    [`k:{"port":${String(port.port)},"protocol":"TCP"}`]: Object.fromEntries(
      Object.keys(port).map((field) => [`f:${field}`, {}]),
    ),
  });

  /** A live Service; `own`: ports that the operator applied, `foreign`: port numbers that somebody else set. */
  function live(ports: readonly JsonObject[], own: readonly JsonObject[], foreign: readonly number[]): Manifest {
    const made = applied(service(ports), 'uid', '7');
    const [entry] = made.metadata.managedFields ?? [];
    const ownFields = {
      ...(entry?.fieldsV1 as JsonObject),
      'f:spec': { 'f:ports': Object.assign({}, ...own.map(heldWhole)) as JsonObject },
    };
    const fieldsV1 = { 'f:spec': { 'f:ports': Object.assign({}, ...foreign.map(held)) as JsonObject } };
    const kubectl: ManagedFieldsEntry = { manager: 'kubectl-edit', operation: 'Update', fieldsV1 };
    return {
      ...made,
      metadata: {
        ...made.metadata,
        managedFields: [{ ...entry, fieldsV1: ownFields }, ...(foreign.length === 0 ? [] : [kubectl])],
      },
      spec: { ports: ports.map((port) => ({ ...port, protocol: 'TCP' })) },
    };
  }

  const debug = { name: 'debug', port: 6060, targetPort: 6060 };
  const profile = { name: 'profile', port: 6061, targetPort: 6061 };

  test('ports that somebody added are removed by index, the last first', () => {
    expect(remedyFor(service([http]), live([debug, http, profile], [http], [6060, 6061]))).toEqual({
      apply: false,
      strip: [...guards, { op: 'remove', path: '/spec/ports/2' }, { op: 'remove', path: '/spec/ports/0' }],
    });
  });

  test('a port that is ours and no longer desired goes with an apply', () => {
    expect(remedyFor(service([http]), live([http, debug], [http, debug], []))).toEqual({ apply: true, strip: [] });
  });

  test('a changed target port is applied', () => {
    const found = live([{ ...http, targetPort: 9 }], [http], [80]);
    expect(remedyFor(service([http]), found)).toEqual({ apply: true, strip: [] });
  });

  test('a field that somebody added to our port is removed', () => {
    const found = live([{ ...http, appProtocol: 'tcp' }], [http], []);
    expect(remedyFor(service([http]), found)).toEqual({
      apply: false,
      strip: [...guards, { op: 'remove', path: '/spec/ports/0/appProtocol' }],
    });
  });

  test('a port that somebody renumbered is put back in one patch of the whole list', () => {
    const found = live([{ ...http, port: 81 }], [], [81]);
    expect(remedyFor(service([http]), found)).toEqual({
      apply: false,
      strip: [...guards, { op: 'replace', path: '/spec/ports', value: [http] }],
    });
  });
});
