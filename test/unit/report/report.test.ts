import type { AppTrafficStatus } from '../../../src/api/v1alpha1/status.ts';
import { status as statusSchema } from '../../../src/api/v1alpha1/status.ts';
import type { ChildOutcome, ChildState } from '../../../src/kube/child-outcome.ts';
import type { ObjectKey } from '../../../src/kube/object-key.ts';
import { problemCodes } from '../../../src/model/problem-codes.ts';
import type { ProblemCode } from '../../../src/model/problem-codes.ts';
import type { Problem } from '../../../src/model/problem.ts';
import { generalReasons } from '../../../src/report/condition-reasons.ts';
import { eventReasons } from '../../../src/report/event-reasons.ts';
import type { ProbeFinding } from '../../../src/report/reachable.ts';
import { report } from '../../../src/report/report.ts';
import type { Report } from '../../../src/report/report.ts';
import type { ServedApp } from '../../../src/report/served-app.ts';

const now = '2026-11-21T10:00:00.123Z';
const time = '2026-11-21T10:00:00Z';
const settings = '0123abcd';
const later = '2026-11-21T11:30:00.5Z';

const healthy: ServedApp = {
  accepted: true,
  problems: [],
  hosts: [{ host: 'shop.example.com', state: 'Granted' }],
  callers: ['shop/checkout'],
  summary: {
    url: 'https://shop.example.com',
    split: 'canary 10 / stable 90',
    provider: 'Istio',
    mtls: 'Strict',
    text: '1 host, 2 routes, mTLS Strict, 1 caller',
  },
};

const key = (kind: ObjectKey['kind'], name = 'shop'): ObjectKey => ({ kind, namespace: 'shop', name });
const inSync: readonly ChildOutcome[] = [
  { key: key('Service'), state: 'InSync', uid: 'uid-service' },
  { key: key('VirtualService', 'shop-istio'), state: 'InSync', uid: 'uid-route' },
];

type Pass = {
  readonly app?: Partial<ServedApp>;
  readonly children?: readonly ChildOutcome[];
  readonly settling?: boolean;
  readonly generation?: number;
  readonly settings?: string;
  readonly previous?: AppTrafficStatus | undefined;
  readonly finding?: ProbeFinding;
  readonly now?: string;
};

function reportOf({ app, children = inSync, settling = false, ...rest }: Pass): Report {
  const outcome = { children, settling };
  const defaults = { generation: 3, settings, previous: undefined, finding: undefined, now };
  return report({ app: { ...healthy, ...app }, outcome, ...defaults, ...rest });
}

const ready = reportOf({}).status;

/** The conditions in short: `Type=Status Reason`. */
function conditionsOf(status: AppTrafficStatus | undefined): readonly string[] {
  return (status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
}

const withState = (state: ChildState, message: string): readonly ChildOutcome[] => [
  { key: key('Service'), state: 'InSync', uid: 'uid-service' },
  { key: key('VirtualService', 'shop-istio'), state, message },
];

const problem = (code: ProblemCode, field = 'spec.external'): Problem => ({
  code,
  field,
  message: `trouble ${code}`,
  fix: 'mend it',
});

test('an app with all children in sync is Ready, and status says what it became', () => {
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    observedGeneration: 3,
    lastTransitionTime: time,
    reason,
    message,
  });
  expect(reportOf({})).toEqual({
    status: {
      observedGeneration: 3,
      conditions: [
        condition('Ready', 'Ready', '1 host, 2 routes, mTLS Strict, 1 caller'),
        condition('Accepted', 'Accepted', 'the spec is valid and permitted'),
        condition('ResolvedRefs', 'ResolvedRefs', 'everything that the spec refers to is there'),
        condition('Programmed', 'Programmed', 'every object is as the spec wants it'),
      ],
      url: 'https://shop.example.com',
      summary: '1 host, 2 routes, mTLS Strict, 1 caller',
      hosts: [{ host: 'shop.example.com', state: 'Granted', since: time }],
      callers: ['shop/checkout'],
      children: [
        { group: '', kind: 'Service', namespace: 'shop', name: 'shop', uid: 'uid-service', state: 'Programmed' },
        {
          group: 'networking.istio.io',
          kind: 'VirtualService',
          namespace: 'shop',
          name: 'shop-istio',
          uid: 'uid-route',
          state: 'Programmed',
        },
      ],
      settings: '0123abcd',
      columns: {
        hosts: 'shop.example.com',
        split: 'canary 10 / stable 90',
        children: '2/2',
        provider: 'Istio',
        mtls: 'Strict',
      },
    },
    events: [],
    turns: [],
  });
});

const rows: readonly (Pass & {
  readonly title: string;
  readonly conditions: readonly string[];
  readonly events?: readonly string[];
})[] = [
  {
    title: 'a refused spec is Stalled and its children stand',
    app: { accepted: false, problems: [problem('AT0701')] },
    children: [{ key: key('Service'), state: 'Kept', uid: 'uid-service' }],
    conditions: [
      'Ready=False UnsupportedByProvider',
      'Accepted=False UnsupportedByProvider',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False NotAccepted',
      'Stalled=True UnsupportedByProvider',
    ],
    events: ['Warning Refused'],
  },
  {
    title: 'a missing reference passes by itself: Reconciling',
    app: { problems: [problem('AT0203')] },
    conditions: [
      'Ready=False GatewayNotFound',
      'Accepted=True Accepted',
      'ResolvedRefs=False GatewayNotFound',
      'Programmed=True Programmed',
      'Reconciling=True Progressing',
    ],
    events: ['Warning NotReady'],
  },
  {
    title: 'a lost host is Conflicted and Stalled although all children are in sync',
    app: { problems: [problem('AT0302')], hosts: [{ host: 'shop.example.com', state: 'Conflicted' }] },
    conditions: [
      'Ready=False HostConflict',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
      'Stalled=True HostConflict',
      'Conflicted=True HostConflict',
    ],
    events: ['Warning Conflicted'],
  },
  {
    title: 'a route that answers 503 is PartiallyInvalid and Stalled',
    app: { problems: [problem('AT0209')] },
    conditions: [
      'Ready=False RefNotPermitted',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
      'Stalled=True RefNotPermitted',
      'PartiallyInvalid=True RefNotPermitted',
    ],
    events: ['Warning PartiallyInvalid'],
  },
  {
    title: 'a child of somebody else is a conflict',
    children: withState('NotOwned', 'an object of this name exists'),
    conditions: [
      'Ready=False NotOwned',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False NotOwned',
      'Stalled=True NotOwned',
      'Conflicted=True NotOwned',
    ],
    events: ['Warning Conflicted'],
  },
  {
    title: 'two managers fighting over a field are a conflict',
    children: withState('FieldFight', 'kubectl keeps changing it back'),
    conditions: [
      'Ready=False FieldFight',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False FieldFight',
      'Stalled=True FieldFight',
      'Conflicted=True FieldFight',
    ],
    events: ['Warning Conflicted'],
  },
  {
    title: 'a change that Kubernetes forbids is Stalled',
    children: withState('ImmutableField', 'cannot be changed in place'),
    conditions: [
      'Ready=False ImmutableField',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False ImmutableField',
      'Stalled=True ImmutableField',
    ],
    events: ['Warning WriteRefused'],
  },
  {
    title: 'an object that admission refuses is Stalled',
    children: withState('Rejected', 'denied by webhook'),
    conditions: [
      'Ready=False AdmissionDenied',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False AdmissionDenied',
      'Stalled=True AdmissionDenied',
    ],
    events: ['Warning WriteRefused'],
  },
  {
    title: 'a missing permission may be granted: Reconciling',
    children: withState('Forbidden', 'may not patch'),
    conditions: [
      'Ready=False Forbidden',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False Forbidden',
      'Reconciling=True Progressing',
    ],
    events: ['Warning WriteRefused'],
  },
  {
    title: 'a missing kind may come: Reconciling',
    children: withState('KindUnavailable', 'the cluster does not serve VirtualService'),
    conditions: [
      'Ready=False KindUnavailable',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False KindUnavailable',
      'Reconciling=True Progressing',
    ],
    events: ['Warning NotReady'],
  },
  {
    title: 'a failed write is tried again',
    children: withState('Retrying', 'etcdserver: request timed out, 3rd try'),
    conditions: [
      'Ready=False ApplyFailed',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False ApplyFailed',
      'Reconciling=True ProgressingWithRetry',
    ],
    events: ['Warning NotReady'],
  },
  {
    title: 'objects that drain do not keep the app from being Ready',
    children: [...inSync, { key: key('Gateway', 'shop-istio'), state: 'Draining', uid: 'u', message: 'serves until' }],
    conditions: [
      'Ready=True Ready',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
    ],
    events: [],
  },
  {
    title: 'pausing changes nothing of Ready while all is in sync',
    app: { held: 'Paused' },
    conditions: [
      'Ready=True Ready',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
      'Paused=True Paused',
    ],
    events: [],
  },
  {
    title: 'a preview of what differs is not Ready, and no failure',
    app: { held: 'Preview' },
    children: withState('Pending', 'would be created'),
    conditions: [
      'Ready=False Preview',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False Preview',
      'Reconciling=True Progressing',
      'Paused=True Preview',
    ],
    events: ['Warning NotReady'],
  },
  {
    title: 'a paused app that differs from its spec says so',
    app: { held: 'Paused' },
    children: withState('Pending', 'differs from the spec'),
    conditions: [
      'Ready=False Paused',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=False Paused',
      'Reconciling=True Progressing',
      'Paused=True Paused',
    ],
    events: ['Warning NotReady'],
  },
  {
    title: 'a warning changes no condition',
    app: { problems: [problem('AT0301')] },
    conditions: [
      'Ready=True Ready',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
    ],
    events: [],
  },
  {
    title: 'with several faults Ready names the gravest, every condition its own',
    app: { problems: [problem('AT0201'), problem('AT0302')] },
    children: withState('Rejected', 'denied by webhook'),
    conditions: [
      'Ready=False HostConflict',
      'Accepted=True Accepted',
      'ResolvedRefs=False BackendNotFound',
      'Programmed=False AdmissionDenied',
      'Stalled=True HostConflict',
      'Conflicted=True HostConflict',
    ],
    events: ['Warning Conflicted', 'Warning WriteRefused'],
  },
];

test.each(rows)('$title', ({ title: _title, conditions, events, ...pass }) => {
  const { status, turns } = reportOf({ ...pass, previous: ready });
  expect(conditionsOf(status)).toEqual(conditions);
  expect(turns.map(({ type, reason }) => `${type} ${reason}`)).toEqual(events);
  const repeated = reportOf({ ...pass, previous: status, now: later });
  expect(repeated).toEqual({ events: [], turns: [] });
});

/** encoding/json of Go: half a character becomes U+FFFD. */
const asServerKeeps = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

test('a long message with characters beyond U+FFFF is read back as it was written: no second write', () => {
  // The cut of every text in status lies once before and once within a character.
  for (const before of ['', '.']) {
    const children = withState('Rejected', `${before}${'😀'.repeat(2000)}`);
    const { status } = reportOf({ children });
    const previous = JSON.parse(JSON.stringify(status), asServerKeeps) as AppTrafficStatus;
    expect(reportOf({ children, previous, now: later })).toEqual({ events: [], turns: [] });
  }
});

test('the schema of status takes every status here', () => {
  const statuses = rows.map(({ app, children }) =>
    reportOf({ ...(app === undefined ? {} : { app }), ...(children === undefined ? {} : { children }) }),
  );
  for (const { status } of statuses) expect(statusSchema.parse(status)).toEqual(status);
});

test('a refused spec has no address, callers and columns of its own: what was in effect before it stays', () => {
  const summary = { ...healthy.summary, url: 'https://new.example.com', mtls: 'Permissive' };
  const refused = { accepted: false, problems: [problem('AT0701')], callers: ['shop/stranger'], summary };
  const children: readonly ChildOutcome[] = [{ key: key('Service'), state: 'Kept', uid: 'uid-service' }];
  const shown = (previous: AppTrafficStatus | undefined): unknown => {
    const { status } = reportOf({ app: refused, children, previous });
    return { url: status?.url, callers: status?.callers, columns: status?.columns };
  };
  expect(shown(undefined)).toEqual({ url: undefined, callers: undefined, columns: undefined });
  expect(shown(ready)).toEqual({
    url: 'https://shop.example.com',
    callers: ['shop/checkout'],
    columns: { hosts: 'shop.example.com', split: 'canary 10 / stable 90', provider: 'Istio', mtls: 'Strict' },
  });
});

test('a status that says nothing new is not written, whatever the time', () => {
  expect(reportOf({ previous: ready, now: later })).toEqual({ events: [], turns: [] });
});

test('a caller under another identity, and other settings of the platform, are each told once', () => {
  const moved = { callers: ['shop/robot'] };
  const changed = reportOf({ app: moved, settings: '89abcdef', previous: ready, now: later });
  expect(changed).toEqual({
    status: { ...ready, callers: ['shop/robot'], settings: '89abcdef' },
    events: [],
    turns: [],
  });
  const repeated = { app: moved, settings: '89abcdef', previous: changed.status, now: later };
  expect(reportOf(repeated)).toEqual({ events: [], turns: [] });
});

test('an allow list that admits nobody is shown as no callers', () => {
  expect(reportOf({ app: { callers: [] } }).status).not.toHaveProperty('callers');
});

test('a pass that ends before settle writes no status, but tells of repairs', () => {
  const repaired: ChildOutcome = {
    key: key('AuthorizationPolicy'),
    state: 'InSync',
    uid: 'uid-policy',
    repaired: true,
  };
  expect(reportOf({ children: [repaired], settling: true })).toEqual({
    events: [
      {
        type: 'Normal',
        reason: 'Repaired',
        action: 'Repair',
        note: 'AuthorizationPolicy shop was changed by somebody else and is put right',
        related: {
          apiVersion: 'security.istio.io/v1',
          kind: 'AuthorizationPolicy',
          namespace: 'shop',
          name: 'shop',
          uid: 'uid-policy',
        },
      },
    ],
    turns: [],
  });
});

test('a repair that changed nothing of the status is one event and no write', () => {
  const children = inSync.map((child, at) => (at === 0 ? { ...child, repaired: true } : child));
  const told = reportOf({ previous: ready, children });
  expect({ status: told.status, reasons: told.events.map(({ reason }) => reason) }).toEqual({
    status: undefined,
    reasons: ['Repaired'],
  });
});

test('lastTransitionTime moves with status alone; since is kept while the host is held', () => {
  const conflict: Partial<ServedApp> = { problems: [problem('AT0302')] };
  const lost = reportOf({ app: conflict, previous: ready, now: later, generation: 4 }).status;
  const timesOf = (status: AppTrafficStatus | undefined): readonly string[] =>
    (status?.conditions ?? []).map(({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`);
  const at = '2026-11-21T11:30:00Z';
  expect(timesOf(lost)).toEqual([
    `Ready ${at}`,
    `Accepted ${time}`,
    `ResolvedRefs ${time}`,
    `Programmed ${time}`,
    `Stalled ${at}`,
    `Conflicted ${at}`,
  ]);
  expect(lost?.hosts).toEqual([{ host: 'shop.example.com', state: 'Granted', since: time }]);
  expect(lost?.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([4, 4, 4, 4, 4, 4]);
});

test('a host that is lost and won again is held since then', () => {
  const lost = reportOf({
    app: { hosts: [{ host: 'shop.example.com', state: 'Conflicted' }] },
    previous: ready,
  }).status;
  expect(lost?.hosts).toEqual([{ host: 'shop.example.com', state: 'Conflicted' }]);
  const won = reportOf({ previous: lost, now: later }).status;
  expect(won?.hosts).toEqual([{ host: 'shop.example.com', state: 'Granted', since: '2026-11-21T11:30:00Z' }]);
});

describe('an app with a probe', () => {
  const probe = { url: 'https://shop.example.com/healthz', expect: 200 };
  const before = 'GET https://shop.example.com/healthz, 200 expected: ';
  const reachableOf = (pass: Pass) => {
    const { status: written } = reportOf({ ...pass, app: { probe, ...pass.app } });
    const found = written?.conditions?.find(({ type }) => type === 'Reachable');
    return found === undefined ? undefined : [found.status, found.reason, found.message];
  };

  it('says what was found, and Ready says what it would say without', () => {
    expect(conditionsOf(reportOf({ app: { probe }, finding: { status: 503 } }).status)).toEqual([
      'Ready=True Ready',
      'Accepted=True Accepted',
      'ResolvedRefs=True ResolvedRefs',
      'Programmed=True Programmed',
      'Reachable=False UnexpectedStatus',
    ]);
    expect(reachableOf({ finding: { status: 200 } })).toEqual([
      'True',
      'ProbeSucceeded',
      `${before}the answer has 200`,
    ]);
    expect(reachableOf({ finding: { status: 503 } })).toEqual([
      'False',
      'UnexpectedStatus',
      `${before}the answer has 503`,
    ]);
    expect(reachableOf({ finding: { fault: 'TimedOut' } })).toEqual([
      'False',
      'NoAnswer',
      `${before}no answer came within 5 s`,
    ]);
    expect(reachableOf({ finding: { fault: 'AddressNotPermitted' } })?.slice(0, 2)).toEqual([
      'Unknown',
      'AddressNotPermitted',
    ]);
  });

  it('says that nobody is asked while nothing is known, and why nobody is asked', () => {
    expect(reachableOf({})).toEqual(['Unknown', 'NotProbed', `${before}nothing is known yet`]);
    expect(reachableOf({ app: { held: 'Paused' } })?.slice(0, 2)).toEqual(['Unknown', 'Paused']);
    expect(reachableOf({ app: { held: 'Preview' } })?.slice(0, 2)).toEqual(['Unknown', 'Preview']);
    expect(reachableOf({ app: { probe: { expect: 200 } } })?.slice(0, 2)).toEqual(['Unknown', 'NoGrantedHost']);
    expect(reachableOf({ app: { accepted: false } })?.slice(0, 2)).toEqual(['Unknown', 'NotAccepted']);
  });

  it('keeps what an earlier process found of the same request, and writes nothing', () => {
    for (const finding of [{ status: 200 }, { status: 503 }, { fault: 'NameUnknown' } as const]) {
      const previous = reportOf({ app: { probe }, finding }).status;
      expect(reportOf({ app: { probe }, previous, now: later })).toEqual({ events: [], turns: [] });
      expect(reportOf({ app: { probe }, previous, finding, now: later })).toEqual({ events: [], turns: [] });
      const moved = { probe: { ...probe, url: 'https://store.example.com/healthz' } };
      expect(reachableOf({ app: moved, previous })?.[1]).toBe('NotProbed');
      expect(reachableOf({ app: { probe: { ...probe, expect: 204 } }, previous })?.[1]).toBe('NotProbed');
    }
  });

  it('has no such condition once the probe is gone', () => {
    const previous = reportOf({ app: { probe }, finding: { status: 200 } }).status;
    const { status: written } = reportOf({ previous });
    expect(written?.conditions?.map(({ type }) => type)).not.toContain('Reachable');
  });
});

test('problems of the outcome are listed beside those of the spec, with code and fix', () => {
  const { status } = reportOf({
    app: { problems: [problem('AT0301', 'spec.external.routes[1]')] },
    children: [{ key: key('Service'), state: 'ImmutableField', message: 'cannot become headless' }],
  });
  expect(status?.problems).toEqual([
    {
      code: 'AT0301',
      severity: 'Warning',
      field: 'spec.external.routes[1]',
      message: 'trouble AT0301',
      fix: 'mend it',
    },
    {
      code: 'AT0403',
      severity: 'Error',
      field: 'spec.service.type',
      message: 'Service shop: cannot become headless',
      fix: 'undo the change, give the Service another name (spec.service.name), or delete the Service so that it is made anew',
    },
  ]);
});

test('a missing kind that compile already told of is listed once', () => {
  const { status } = reportOf({
    app: { problems: [problem('AT0401', 'spec')] },
    children: withState('KindUnavailable', 'the cluster does not serve VirtualService'),
  });
  expect(status?.problems?.map(({ code, message }) => `${code} ${message}`)).toEqual(['AT0401 trouble AT0401']);
});

test('however much there is to say, status stays within its schema', () => {
  const many = Array.from({ length: 300 }, (_, at) => at);
  const { status } = reportOf({
    app: {
      problems: many.map((at) => ({ ...problem('AT0302', `spec.external.hosts[${at}]`), message: 'x'.repeat(5000) })),
      hosts: many.map((at) => ({ host: `h${at}.example.com`, state: 'Granted' as const })),
      callers: many.map((at) => `shop/${at}`),
      summary: { ...healthy.summary, split: 'y'.repeat(2000), text: 'z'.repeat(3000) },
    },
    children: many.map((at) => ({ key: key('Ingress', `i${at}`), state: 'Rejected', message: 'w'.repeat(3000) })),
  });
  expect(statusSchema.safeParse(status).success).toBe(true);
  expect(status?.columns?.hosts).toBe('h0.example.com,h1.example.com +298');
});

test('every reason of a condition and of an event is one CamelCase word', () => {
  const reasons = [
    ...Object.keys(generalReasons),
    ...Object.keys(eventReasons),
    ...Object.values(problemCodes).map(({ reason }) => reason),
  ];
  expect(reasons.filter((reason) => !/^[A-Z][A-Za-z]+$/.test(reason))).toEqual([]);
});

test('a takeover is told with the object that it is about; until it is done it is none', () => {
  const taken: ChildOutcome = { key: key('Service'), state: 'InSync', uid: 'uid-service', adopts: true };
  const related = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'shop', uid: 'uid-service' };
  const note = 'Service shop was there already and is taken over: it is deleted with this app';
  expect(reportOf({ children: [taken], settling: true })).toEqual({
    events: [{ type: 'Normal', reason: 'Adopted', action: 'Adopt', note, related }],
    turns: [],
  });
  const { uid: _, ...waiting } = { ...taken, state: 'Pending', message: 'waits for AuthorizationPolicy shop' } as const;
  expect(reportOf({ children: [waiting], settling: true }).events).toEqual([]);
});

test('a preview counts what it would adopt apart from what it would create', () => {
  const adopted: ChildOutcome = { key: key('Service'), state: 'Pending', adopts: true, message: 'would be adopted' };
  const made: ChildOutcome = { key: key('Gateway'), state: 'Pending', message: 'would be created' };
  const { status } = reportOf({ app: { held: 'Preview' }, children: [adopted, made] });
  expect(status?.conditions?.at(-1)?.message).toBe(
    'the operator writes nothing until spec.lifecycle.mode is Apply: it would create 1, adopt 1, change 0 and delete 0 objects',
  );
});

test('where the state alone does not tell what to do, the child does', () => {
  const child: ChildOutcome = {
    key: key('Service'),
    state: 'NotOwned',
    message: 'is managed by Helm',
    fix: 'ask Helm',
  };
  expect(reportOf({ children: [child] }).status?.problems).toEqual([
    { code: 'AT0501', severity: 'Error', field: 'spec', message: 'Service shop: is managed by Helm', fix: 'ask Helm' },
  ]);
});
