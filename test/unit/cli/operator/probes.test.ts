import { heartbeat, readyChecks } from '../../../../src/cli/operator/probes.ts';
import type { Operator } from '../../../../src/reconcile/operator.ts';
import type { WatchStatus } from '../../../../src/runtime/watch-status.ts';

describe('the heartbeat of the event loop', () => {
  it('is fine up to 30 seconds after the last beat, then says how long it has been silent', () => {
    let now = 1_000;
    const { beat, check } = heartbeat(() => now);
    const at = (time: number): string | undefined => {
      now = time;
      return check.fault();
    };
    expect([at(1_000), at(31_000), at(31_001), at(45_600)]).toEqual([
      undefined,
      undefined,
      'no heartbeat for 30 s',
      'no heartbeat for 45 s',
    ]);
    beat();
    expect([at(45_600), at(75_600), at(76_600)]).toEqual([undefined, undefined, 'no heartbeat for 31 s']);
    expect(check.name).toBe('event-loop');
  });
});

describe('readiness', () => {
  const watch = (resource: string, state: WatchStatus['state'], namespace?: string): WatchStatus => ({
    resource,
    state,
    synced: state !== 'syncing',
    lastActivity: 0,
    ...(namespace === undefined ? {} : { namespace }),
  });

  const faults = (isSynced: boolean, watches: readonly WatchStatus[]): readonly (string | undefined)[] => {
    const operator: Pick<Operator, 'isSynced' | 'watches'> = { isSynced: () => isSynced, watches: () => watches };
    return readyChecks(operator as Operator).map(({ name, fault }) => `${name}: ${fault() ?? 'ok'}`);
  };

  it('is given once every cache has been filled, whatever its watch does later', () => {
    expect(faults(true, [watch('services', 'synced'), watch('gateways', 'failing')])).toEqual(['caches: ok']);
  });

  it('names each resource that is not filled, once', () => {
    const watches = [
      watch('services', 'syncing', 'team-a'),
      watch('services', 'syncing', 'team-b'),
      watch('gateways', 'kindMissing'),
      watch('apptraffics.apptraffic.dev', 'syncing'),
    ];
    expect(faults(false, watches)).toEqual(['caches: not filled: services, apptraffics.apptraffic.dev']);
  });

  it('names discovery when that alone is missing', () => {
    expect(faults(false, [watch('services', 'synced')])).toEqual(['caches: not filled: discovery']);
  });
});
