import { apiVersionOf, kinds } from '../../../src/kube/gvk.ts';
import type { ChildKind } from '../../../src/kube/gvk.ts';
import { childLabels, ownerReferenceTo } from '../../../src/kube/identity.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { ObjectKey } from '../../../src/kube/object-key.ts';
import type { Change, Phase, PhaseName } from '../../../src/plan/change.ts';
import { newMemory } from '../../../src/plan/memory.ts';
import { desiredHash } from '../../../src/plan/projection.ts';
import { apply } from '../../../src/reconcile/apply.ts';
import type { Applied } from '../../../src/reconcile/apply.ts';
import type { ApplyContext } from '../../../src/reconcile/apply-context.ts';
import { MemoryCluster, refusal } from './memory-cluster.ts';

const now = 1_000_000;
const app = { namespace: 'team', name: 'shop', uid: 'uid-app' };

let cluster: MemoryCluster;
let stop: AbortController;
let observed: string[];
let forgotten: string[];

beforeEach(() => {
  cluster = new MemoryCluster();
  stop = new AbortController();
  observed = [];
  forgotten = [];
});

const keyOf = (kind: ChildKind, name = 'shop'): ObjectKey => ({ kind, namespace: 'team', name });
const memory = newMemory(0);

function manifestOf(kind: ChildKind, spec: object = { hosts: ['a'] }, uid = app.uid): Manifest {
  return {
    apiVersion: apiVersionOf(kinds[kind]),
    kind,
    metadata: {
      name: 'shop',
      namespace: 'team',
      labels: childLabels('shop'),
      ownerReferences: [ownerReferenceTo({ name: 'shop', uid })],
    },
    spec,
  };
}

function creation(kind: ChildKind, needs: readonly ObjectKey[] = []): Change {
  const manifest = manifestOf(kind);
  const common = { key: keyOf(kind), repair: false, completes: true, needs };
  return { op: 'create', ...common, manifest, hash: desiredHash(manifest) };
}

/** A child that is there, as an earlier apply of ours made it. */
async function live(kind: ChildKind, spec?: object, uid?: string): Promise<Manifest> {
  const made = await cluster.writer.create(manifestOf(kind, spec, uid));
  cluster.writes.length = 0;
  return made;
}

function application(held: Manifest, spec: object): Change {
  const manifest = manifestOf(held.kind as ChildKind, spec);
  const common = { key: keyOf(held.kind as ChildKind), repair: false, completes: true, needs: [] };
  const { uid = '' } = held.metadata;
  return {
    op: 'apply',
    ...common,
    hash: desiredHash(manifest),
    manifest: { ...manifest, metadata: { ...manifest.metadata, uid } },
  };
}

function deletion({ kind, metadata }: Manifest): Change {
  const key = keyOf(kind as ChildKind);
  const { uid = '', resourceVersion = '' } = metadata;
  return { op: 'delete', key, repair: false, completes: true, needs: [], uid, resourceVersion };
}

const phase = (name: PhaseName, ...changes: readonly Change[]): Phase => ({ name, changes, startAfterSettle: false });
const settling = (name: PhaseName, ...changes: readonly Change[]): Phase => ({ name, changes, startAfterSettle: true });

function carryOut(...phases: readonly Phase[]): Promise<Applied> {
  const context: ApplyContext = {
    app,
    writer: cluster.writer,
    observe: ({ kind }) => observed.push(kind),
    forget: ({ kind }, uid) => forgotten.push(`${kind} ${uid}`),
    now: () => now,
    random: () => 0,
    settleMs: 1000,
    signal: stop.signal,
  };
  return apply({ phases, children: [], memory }, context);
}

const states = ({ children }: Applied): readonly string[] =>
  children.map(({ key, state, message }) => [key.kind, state, ...(message === undefined ? [] : [message])].join(': '));

describe('the order of writes', () => {
  it('is policies, other writes, deletions, and at the very end the deletions of policies', async () => {
    const held = [await live('AuthorizationPolicy'), await live('Service')];
    await carryOut(
      phase('contract', ...held.map(deletion), creation('Gateway'), creation('PeerAuthentication')),
      phase('contract', creation('Ingress')),
    );
    expect(cluster.writes).toEqual([
      'create PeerAuthentication team/shop',
      'create Gateway team/shop',
      'delete Service team/shop',
      'delete AuthorizationPolicy team/shop',
      'create Ingress team/shop',
    ]);
    expect(observed).toEqual(['PeerAuthentication', 'Gateway', 'Ingress']);
    expect(forgotten).toEqual(held.map(({ kind, metadata }) => `${kind} ${metadata.uid ?? ''}`).reverse());
  });

  it('lets what needs nothing go side by side, and what needs it after it', async () => {
    const underWay = new Set<string>();
    const most: string[][] = [];
    cluster.turn = async (at) => {
      if (at.startsWith('answer')) underWay.delete(at.replace('answer to ', ''));
      else most.push([...underWay.add(at)]);
      await new Promise(setImmediate);
    };
    await carryOut(
      phase(
        'switch',
        creation('VirtualService', [keyOf('DestinationRule')]),
        creation('DestinationRule'),
        creation('Gateway'),
      ),
    );
    expect(most.at(1)).toEqual(['create DestinationRule team/shop', 'create Gateway team/shop']);
    expect(cluster.writes.at(-1)).toBe('create VirtualService team/shop');
  });

  it('stops before a phase that waits for what settles, and says until when', async () => {
    const applied = await carryOut(
      phase('expand', creation('AuthorizationPolicy')),
      settling('switch', creation('VirtualService')),
    );
    expect(applied).toEqual({
      children: [{ key: keyOf('AuthorizationPolicy'), state: 'InSync', uid: 'uid-101' }],
      memory: {
        ...memory,
        supportsAt: now,
        inSync: { 'AuthorizationPolicy/team/shop': desiredHash(manifestOf('AuthorizationPolicy')) },
      },
      settlesAt: now + 1000,
      wroteRoutes: false,
      unsure: [],
    });
    expect(cluster.writes).toEqual(['create AuthorizationPolicy team/shop']);
  });
});

describe('a write that the server refuses', () => {
  const refuse = (kind: ChildKind, status: number, reason: string, more: object = {}): void => {
    cluster.trouble = ({ key }) => (key.startsWith(`${kind} `) ? refusal(status, reason, more) : undefined);
  };

  it('for good: is told, the rest goes on, but for what needs it', async () => {
    refuse('DestinationRule', 422, 'Invalid');
    const applied = await carryOut(
      phase('expand', creation('DestinationRule'), creation('Service')),
      phase('switch', creation('VirtualService', [keyOf('DestinationRule')]), creation('Gateway')),
    );
    expect(states(applied)).toEqual([
      'Service: InSync',
      'Gateway: InSync',
      'VirtualService: Pending: waits for DestinationRule shop',
      'DestinationRule: Rejected: Invalid',
    ]);
    expect(applied.retry).toBe(undefined);
    expect(applied.wroteRoutes).toBe(true);
  });

  it.each([
    { status: 503, reason: 'ServiceUnavailable', told: 'Retrying: ServiceUnavailable', retry: 'retry' },
    { status: 409, reason: 'Conflict', told: 'Retrying: Conflict', retry: 'conflict' },
    { status: 403, reason: 'Forbidden', told: 'Forbidden: Forbidden', retry: 'forbidden' },
    {
      status: 404,
      reason: 'NotFound',
      more: { objectName: '' },
      told: 'KindUnavailable: the cluster does not serve Gateway',
      retry: 'kindMissing',
    },
  ])(
    'for now ($status $reason): the rest of the phase is tried, the next phase is not begun',
    async ({ status, reason, more = {}, told, retry }) => {
      const held = await live('Gateway');
      refuse('Gateway', status, reason, more);
      const applied = await carryOut(
        phase('switch', application(held, { hosts: ['b'] }), creation('Service')),
        phase('contract', creation('Ingress')),
      );
      expect(states(applied)).toEqual(['Service: InSync', `Gateway: ${told}`]);
      expect(applied).toMatchObject({ retry: { reason: retry }, unsure: [] });
      expect(cluster.writes).toEqual(['create Service team/shop']);
    },
  );

  it('with times to wait: the longest counts', async () => {
    cluster.trouble = ({ key }) =>
      refusal(429, 'TooManyRequests', { retryAfterMs: key.startsWith('Service') ? 3000 : 1000 });
    const applied = await carryOut(phase('switch', creation('Gateway'), creation('Service')));
    expect(applied).toMatchObject({ retry: { reason: 'retryAfter', afterMs: 3000 } });
  });

  it('because another process may lead: nothing more is written', async () => {
    refuse('PeerAuthentication', 0, 'Fenced');
    const applied = await carryOut(phase('expand', creation('PeerAuthentication'), creation('Service')));
    expect(states(applied)).toEqual(['PeerAuthentication: Retrying: Fenced']);
    expect(cluster.writes).toEqual([]);
  });

  it('because the namespace is going away: nothing more is written, nor tried again', async () => {
    refuse('PeerAuthentication', 403, 'Forbidden', {
      causes: [{ reason: 'NamespaceTerminating', message: '', field: '' }],
    });
    const applied = await carryOut(phase('expand', creation('PeerAuthentication'), creation('Service')));
    expect(states(applied)).toEqual(['PeerAuthentication: Pending: Forbidden']);
    expect(applied.retry).toBe(undefined);
    expect(cluster.writes).toEqual([]);
  });

  it('with an answer that never comes: the change is unsure, and its child is read before the next write', async () => {
    cluster.trouble = ({ key }) => (key.startsWith('Gateway') ? 'lost' : undefined);
    const change = creation('Gateway');
    const applied = await carryOut(phase('switch', change));
    expect(applied).toEqual({
      children: [{ key: keyOf('Gateway'), state: 'Retrying', message: 'reset' }],
      memory: { ...memory, supportsAt: now, routesAt: now },
      wroteRoutes: false,
      retry: { reason: 'retry' },
      unsure: [change],
    });
  });
});

describe('a first write to a name that is taken', () => {
  it('leaves a stranger alone, even one that is as desired', async () => {
    await live('Service', undefined, 'uid-other');
    const applied = await carryOut(phase('expand', creation('Service')));
    expect(applied.children[0]).toMatchObject({ state: 'NotOwned' });
    const message = 'the object of the AppTraffic that had this name before is not gone yet';
    expect(applied.memory.strangers).toEqual({ 'Service/team/shop': { lookAt: now + 60_000, message } });
    expect([applied.retry, cluster.writes]).toEqual([undefined, []]);
  });

  it('takes an object of its own for done when it is as desired', async () => {
    const held = await live('Service');
    const applied = await carryOut(phase('expand', creation('Service')));
    expect(applied.children).toEqual([{ key: keyOf('Service'), state: 'InSync', uid: held.metadata.uid }]);
    expect(cluster.writes).toEqual([]);
  });

  it('goes on with an object of its own that differs, under its uid', async () => {
    await live('Service', { hosts: ['old'] });
    const applied = await carryOut(phase('expand', creation('Service')));
    expect(states(applied)).toEqual(['Service: InSync']);
    expect(cluster.writes).toEqual(['apply Service team/shop']);
    expect(cluster.get('Service', 'team/shop')?.spec).toEqual({ hosts: ['a'] });
  });

  it('tries again when the object is gone by the time it is read', async () => {
    await live('Service');
    cluster.trouble = ({ verb }) => {
      if (verb === 'get') cluster.remove('Service', 'team/shop');
      return undefined;
    };
    expect(await carryOut(phase('expand', creation('Service')))).toMatchObject({
      retry: { reason: 'conflict' },
    });
  });

  it('waits for an object of its own that is being deleted', async () => {
    await live('Service');
    cluster.relabel('Service', 'team/shop', { finalizers: ['example.com/keep'] });
    cluster.remove('Service', 'team/shop');
    const applied = await carryOut(phase('expand', creation('Service')));
    expect(applied).toMatchObject({ retry: { reason: 'conflict' }, children: [{ state: 'Pending' }] });
  });
});

describe('an answer that shows what somebody else did in between', () => {
  it('counts as written, and the child is looked at again', async () => {
    const held = await live('VirtualService');
    cluster.meddle('VirtualService', 'team/shop', { strange: true });
    const change = application(held, { hosts: ['b'] });
    const applied = await carryOut(phase('switch', change));
    expect(applied).toMatchObject({ retry: { reason: 'conflict' }, children: [{ state: 'Pending' }] });
    expect(applied.memory.inSync).toEqual({ 'VirtualService/team/shop': 'hash' in change ? change.hash : '' });
  });
});

describe('a pass that has to end', () => {
  it('begins no further write, and says that there is more to do', async () => {
    cluster.written = () => stop.abort();
    const applied = await carryOut(
      phase('expand', creation('PeerAuthentication'), creation('Service')),
      phase('switch', creation('Gateway')),
    );
    expect(cluster.writes).toEqual(['create PeerAuthentication team/shop']);
    expect(applied).toMatchObject({ retry: { reason: 'retry' }, wroteRoutes: false });
  });

  it('by a defect ends when no write is under way any more', async () => {
    let ended = false;
    cluster.turn = async (at) => {
      if (at.includes('Service')) throw new TypeError('a bug');
      await new Promise(setImmediate);
      ended ||= at.startsWith('answer');
    };
    await expect(carryOut(phase('switch', creation('Service'), creation('Gateway')))).rejects.toThrow('a bug');
    expect(ended).toBe(true);
  });
});
