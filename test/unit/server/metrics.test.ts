import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable } from '../../../src/server/metric-table.ts';
import { Metrics } from '../../../src/server/metrics.ts';

describe('metrics', () => {
  it('shows the series of a controller as 0 before anything happened', async () => {
    const metrics = new Metrics({ version: '1.2.3', readings: () => [] });
    metrics.prepare({ controller: 'apptraffic', lease: 'lease', probes: 'probes' });
    const text = await metrics.text();
    expect(text).toContain('controller_runtime_reconcile_total{controller="apptraffic",result="error"} 0');
    expect(text).toContain('leader_election_master_status{name="lease"} 0');
    expect(text).toContain('apptraffic_probes_total{result="TimedOut"} 0');
    expect(text).toContain('apptraffic_build_info{version="1.2.3"} 1');
  });

  it('counts what the runtime tells, in seconds where it tells milliseconds', async () => {
    const metrics = new Metrics({
      version: '1',
      readings: () => [{ metric: 'workqueue_depth', labels: { name: 'apptraffic' }, value: 7 }],
    });
    metrics.observe({ type: 'reconcile.started', controller: 'c', key: 'a/b', reconcileID: '1' });
    metrics.observe({
      type: 'reconcile.finished',
      controller: 'c',
      key: 'a/b',
      reconcileID: '1',
      result: 'error',
      durationMs: 1500,
      panicked: true,
      timedOut: false,
    });
    const text = await metrics.text();
    expect(text).toContain('controller_runtime_active_workers{controller="c"} 0');
    expect(text).toContain('controller_runtime_reconcile_errors_total{controller="c"} 1');
    expect(text).toContain('controller_runtime_reconcile_panics_total{controller="c"} 1');
    expect(text).toContain('controller_runtime_reconcile_time_seconds_sum{controller="c"} 1.5');
    expect(text).toContain('workqueue_depth{name="apptraffic"} 7');
  });

  it('are listed in the documentation, all of them and no others', () => {
    const page = readFileSync(join(__dirname, '../../../docs/reference/metrics.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(metricTable));
  });
});
