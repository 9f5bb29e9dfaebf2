/** What the operator reports back; written by the operator only. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { withRules } from '../../schema/rule.ts';
import { wholeNumber } from '../../schema/text.ts';

const words = (most: number): z.ZodString => z.string().max(most);
const time = z.string().max(64).meta({ format: 'date-time' });
const generation = wholeNumber(-1, Number.MAX_SAFE_INTEGER).meta({ format: 'int64' });

const condition = z
  .strictObject({
    type: words(64).meta(
      about('Name of the condition: Ready, Accepted, ResolvedRefs, Programmed and others while they hold.'),
    ),
    status: z.enum(['True', 'False', 'Unknown']).meta(about('Whether the condition holds.')),
    observedGeneration: generation.meta(about('Generation of the object that this speaks of.')),
    lastTransitionTime: time.meta(about('When status changed last (RFC 3339).')),
    reason: words(128).meta(about('One CamelCase word that says why.')),
    message: words(4096).meta(about('The same for people.')),
  })
  .meta(about('One observation (meta/v1 Condition).'));

const conditions = withRules(z.array(condition).max(16), [
  {
    message: 'two conditions have the same type',
    fix: 'write every type once',
    keywords: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
    faults: (list) =>
      list.flatMap((one, at) => (list.findIndex((c) => c.type === one.type) < at ? [[at, 'type']] : [])),
  },
]);

const hostStatus = z
  .strictObject({
    host: words(253).meta(about('The host, as in spec.external.hosts, or :5432 for a port of spec.external.tcp.')),
    state: z.enum(['Granted', 'Conflicted', 'NotPermitted']).meta(about('Whether this app holds the host.')),
    since: time.meta(about('Since when this app holds it (RFC 3339).', { absent: 'not held' })).exactOptional(),
  })
  .meta(about('One host.'));

const child = z
  .strictObject({
    group: words(253).meta(about('API group; empty for core.')),
    kind: words(63).meta(about('Kind.')),
    namespace: words(63).meta(about('Namespace.')),
    name: words(253).meta(about('Name.')),
    uid: words(64)
      .meta(about('Uid of the live object.', { absent: 'not made yet' }))
      .exactOptional(),
    state: z
      .enum(['Programmed', 'Pending', 'Draining', 'NotOwned', 'Failed'])
      .meta(about('Whether the live object is as this one wants it.')),
    reason: words(1024).meta(about('Why the state is not Programmed.')).exactOptional(),
  })
  .meta(about('One object that this one became.'));

const problem = z
  .strictObject({
    code: words(16).meta(about('Stable code; apptraffic docs CODE prints its page.')),
    severity: z.enum(['Error', 'Warning']).meta(about('Error: something is not served as written. Warning: it is.')),
    field: words(512).meta(about('Path of the field.')),
    message: words(2048).meta(about('What is wrong.')),
    fix: words(2048).meta(about('What to do.')),
  })
  .meta(about('One problem.'));

const columns = z.strictObject({
  hosts: words(512).meta(about('Hosts in short.')).exactOptional(),
  split: words(512).meta(about('Split in short.')).exactOptional(),
  children: words(64).meta(about('How many children are programmed, of how many.')).exactOptional(),
  provider: words(64).meta(about('Provider in effect.')).exactOptional(),
  mtls: words(64).meta(about('Mode of mutual TLS in effect.')).exactOptional(),
});

const atomicList = <S extends z.ZodType>(item: S, most: number): z.ZodArray<S> =>
  z.array(item).max(most).meta({ 'x-kubernetes-list-type': 'atomic' });

/** The whole status. */
export const status = z.strictObject({
  observedGeneration: generation
    .meta(about('Generation of the spec that this status speaks of; -1 before the first.'))
    .exactOptional(),
  conditions: conditions.meta(about('Observations, one per type.')).exactOptional(),
  url: words(512)
    .meta(about('Address of the app for the outside.', { absent: 'not reachable from outside' }))
    .exactOptional(),
  summary: words(1024).meta(about('The app in one line.')).exactOptional(),
  hosts: atomicList(hostStatus, 128)
    .meta(about('Hosts and TCP ports of spec.external and whether this app holds them.'))
    .exactOptional(),
  callers: atomicList(words(512), 64)
    .meta(
      about(
        'Who spec.internal.allow admits: namespace/serviceAccount, namespace/* for every ServiceAccount of a namespace, * for anyone; ports, methods and paths may narrow each.',
        { absent: 'no allow, or an empty one' },
      ),
    )
    .exactOptional(),
  calls: atomicList(words(512), 128)
    .meta(
      about(
        "What spec.internal.calls lets the app's pods call: namespace/Service, or host:port of a server outside the cluster.",
        { absent: 'no calls, or an empty list' },
      ),
    )
    .exactOptional(),
  children: atomicList(child, 256).meta(about('Objects that this one became.')).exactOptional(),
  problems: atomicList(problem, 64).meta(about('What is wrong or needs attention.')).exactOptional(),
  settings: words(64).meta(about('Hash of the platform settings that this status follows from.')).exactOptional(),
  columns: columns.meta(about('What kubectl get prints.')).exactOptional(),
});

/** The whole status. */
export type AppTrafficStatus = Immutable<z.output<typeof status>>;
/** One condition. */
export type Condition = Immutable<z.output<typeof condition>>;
/** One host of the status. */
export type HostStatus = Immutable<z.output<typeof hostStatus>>;
/** One child of the status. */
export type ChildStatus = Immutable<z.output<typeof child>>;
/** One problem of the status. */
export type ProblemStatus = Immutable<z.output<typeof problem>>;
