/** What of the runtime's events becomes a log line: the lines a person needs to follow the operator, no more. */
import type { ErrorClass } from '../../runtime/error-class.ts';
import type { Observer, RuntimeEvent } from '../../runtime/observer.ts';
import { parseKey } from '../../runtime/resource.ts';
import { errorField, errorText } from './log.ts';
import type { Log, LogFields, LogLevel } from './log.ts';

type Line = readonly [LogLevel, string, LogFields];
type Lines = { readonly [T in RuntimeEvent['type']]?: (event: Extract<RuntimeEvent, { type: T }>) => Line };

/** Events that are not listed are for metrics only. */
const lines: Lines = {
  'watch.synced': ({ resource, items }) => ['info', 'cache filled', { logger: 'watch', resource, items }],
  'watch.failed': ({ resource, error, retryInMs }) => [
    'warn',
    'watch failed',
    { logger: 'watch', resource, error: errorField(error), retryInMs },
  ],
  'watch.expired': ({ resource }) => ['info', 'watch expired, listing anew', { logger: 'watch', resource }],
  'watch.kindMissing': ({ resource }) => ['info', 'kind not served', { logger: 'watch', resource }],
  'watch.historyRegressed': ({ resource, believed }) => [
    'warn',
    'server answered from an older state',
    { logger: 'watch', resource, believed },
  ],
  'relist.compared': ({ resource, items, missed }) => [
    missed > 0 ? 'warn' : 'debug',
    missed > 0 ? 'relist found changes that the watch had not brought' : 'relist found nothing new',
    { logger: 'watch', resource, items, missed },
  ],
  'store.objectRefused': ({ resource, key, error }) => [
    'error',
    'object could not be read',
    { logger: 'watch', resource, key, error: errorField(error) },
  ],
  'store.handlerFailed': ({ resource, key, error }) => [
    'error',
    'change handler failed',
    { logger: 'watch', resource, key, error: errorField(error) },
  ],
  'reconcile.finished': (event) => reconciled(event),
  'leader.acquired': ({ name }) => ['info', 'became leader', { logger: 'leader', lease: name }],
  'leader.holderChanged': ({ name, holder }) => [
    'info',
    'lease has another holder',
    { logger: 'leader', lease: name, holder },
  ],
  'leader.failed': ({ name, error }) => [
    'warn',
    'lease could not be taken or renewed',
    { logger: 'leader', lease: name, error: errorField(error) },
  ],
  'leader.lost': ({ name }) => ['error', 'lost the lease', { logger: 'leader', lease: name }],
  'leader.released': ({ name }) => ['info', 'gave the lease back', { logger: 'leader', lease: name }],
  'event.failed': ({ reason, error }) => [
    'warn',
    'event could not be recorded',
    { logger: 'events', reason, error: errorField(error) },
  ],
  'credentials.failed': ({ error }) => [
    'error',
    'credentials could not be read',
    { logger: 'transport', error: errorField(error) },
  ],
  'discovery.changed': ({ appeared, vanished }) => [
    'info',
    'served kinds changed',
    { logger: 'discovery', appeared, vanished },
  ],
  'discovery.failed': ({ error }) => ['warn', 'discovery failed', { logger: 'discovery', error: errorField(error) }],
};

/** The observer that writes the log. */
export function logEvents(log: Log): Observer {
  return (event) => {
    const line = lineOf(event);
    if (line !== undefined && log.isEnabled(line[0])) log.line(...line);
  };
}

function lineOf(event: RuntimeEvent): Line | undefined {
  const make = lines[event.type] as ((event: RuntimeEvent) => Line) | undefined;
  return make?.(event);
}

function reconciled(event: Extract<RuntimeEvent, { type: 'reconcile.finished' }>): Line {
  const { controller, key, generation, reconcileID, result, durationMs, error, reason } = event;
  const subject = { logger: 'controller', controller, ...parseKey(key), generation, reconcileID };
  const fields = { ...subject, result, durationMs: Math.round(durationMs) };
  if (error === undefined) return ['debug', 'reconciled', fields];
  if (reason === undefined) return ['error', 'reconcile failed', { ...fields, error: errorField(error) }];
  const told = { ...fields, reason, error: errorText(error) };
  return needsSomebody.has(reason)
    ? ['warn', 'reconcile was refused', told]
    : ['info', 'reconcile is tried again', told];
}

/** What does not pass by itself; everything else is daily business of a cluster. */
const needsSomebody: ReadonlySet<ErrorClass> = new Set<ErrorClass>(['forbidden', 'rejected']);
