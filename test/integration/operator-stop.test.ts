import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import type { Operator } from '../testbed/operator.ts';
import { holdRequest, holdResponse, respond } from '../testbed/proxy/injections.ts';
import { eventsOf } from './app-view.ts';
import { requestTexts } from './requests.ts';
import { operatorAccount, startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

const namespace = 'team';
/** A write may take lease-duration − renew-deadline, 2 s. */
const flags = ['--leader-elect', '--lease-duration=6s', '--renew-deadline=4s', '--retry-period=1s'];
/** A write may take longer than a test does. */
const patient = flags.with(1, '--lease-duration=64s');
const shop = { port: 8080 };
const service = { apiVersion: 'v1', kind: 'Service', namespace, name: 'shop' };
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: operatorAccount.namespace,
  name: 'apptraffic-controller',
};
const serviceWrites = { verb: 'apply', resource: 'services' } as const;

let stage: Stage;
let running: Operator | undefined;

beforeAll(async () => {
  stage = await startStage({ operator: false });
  await stage.namespace(namespace);
});
afterAll(() => stage?.stop());
afterEach(async () => {
  stage.proxy.heal();
  if (running?.isRunning() !== true) return;
  // A test failed halfway: the next one has a leader of its own.
  await running.kill();
  await stage.plane.api.delete(lease);
});

async function leader(given: readonly string[] = flags): Promise<Operator> {
  const operator = await stage.startOperator({ flags: given });
  running = operator;
  await operator.waitForLog(({ msg }) => msg === 'became leader');
  await stage.ready(await stage.app(namespace, 'shop', shop));
  return operator;
}

const drift = (): Promise<KubeObject> => stage.plane.api.patch(service, { spec: { selector: { app: 'stranger' } } });

const selectorOf = async (): Promise<unknown> => field(await stage.plane.api.get(service), 'spec', 'selector');

describe('an operator that is asked to stop', () => {
  it('finishes the reconcile under way, starts no other, sends its events, gives the lease back, and ends with 0', async () => {
    const { plane, proxy } = stage;
    const operator = await leader(patient);
    const held = proxy.inject(serviceWrites, holdResponse);
    // Its event has to be sent once more, after the lease was given back.
    proxy.inject({ verb: 'create', resource: 'events' }, respond(503, 'ServiceUnavailable'));
    const mark = proxy.mark();
    await drift();
    await held.firstHit;
    const ended = operator.stop();
    await stage.app(namespace, 'late', shop);
    expect(requestTexts(await proxy.quietFor(500))).toEqual([]);
    expect(await operator.probe('/healthz')).toBe(200);
    held.release();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(requestTexts(proxy.writes(mark))).toEqual(['apply services team/shop']);
    expect(await selectorOf()).toEqual({ app: 'shop' });
    expect(await eventsOf(plane, namespace, 'shop', 1)).toEqual([
      'Normal Repaired: Service shop was changed by somebody else and is put right',
    ]);
    expect((await plane.api.get(lease))?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(
      operator
        .logs()
        .slice(-2)
        .map(({ msg }) => msg),
    ).toEqual(['gave the lease back', 'operator ended']);
  });

  it('does not wait for an answer that never comes', async () => {
    const operator = await leader();
    const held = stage.proxy.inject(serviceWrites, holdRequest, { times: 9 });
    await drift();
    await held.firstHit;
    // The Deployment gives it 45 s; the write that hangs is given up after 2.
    expect(await operator.stop(10_000)).toEqual({ code: 0, signal: null });
    expect(field(await stage.plane.api.get(lease), 'spec', 'holderIdentity')).toBe('');
    expect(await selectorOf()).toEqual({ app: 'stranger' });
  });

  it('ends with 1 at once when it is asked a second time', async () => {
    const operator = await leader(patient);
    const held = stage.proxy.inject(serviceWrites, holdRequest, { times: 9 });
    await drift();
    await held.firstHit;
    const ended = operator.stop();
    expect(await stage.proxy.quietFor(300)).toEqual([]);
    expect(operator.isRunning()).toBe(true);
    process.kill(operator.pid, 'SIGTERM');
    expect(await ended).toEqual({ code: 1, signal: null });
    // Nobody gave the lease back: the next leader waits until it has run out.
    expect(field(await stage.plane.api.get(lease), 'spec', 'holderIdentity')).not.toBe('');
  });
});

describe('an operator that is started with faults', () => {
  it('ends with 2 and names every fault of its flags and settings', () => {
    const settings = join(stage.plane.run.folder, 'faulty.yaml');
    writeFileSync(
      settings,
      [
        'apiVersion: config.apptraffic.dev/v1alpha1',
        'kind: OperatorSettings',
        'provider: Nginx',
        'setle: 1s',
        'drainPeriod: soon',
        '',
      ].join('\n'),
    );
    const bundle = join(import.meta.dirname, '../../dist/apptraffic.cjs');
    const faulty = ['--lease-duration=5', '--log-level=loud', `--settings=${settings}`, '--watch-namespaces=Team'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, 'operator', ...faulty], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr: stderr.replaceAll(settings, 'SETTINGS').split('\n') }).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        '--lease-duration "5" is not a duration. Fix: write whole numbers above 0 with a unit: 250ms, 5s, 10m or 1h.',
        '--watch-namespaces "Team" is not a DNS label. Fix: use at most 63 lower-case letters, digits and dashes, begin and end with a letter or digit.',
        '--log-level "loud" is not a known value. Fix: write one of error, warn, info, debug.',
        'SETTINGS:5:1  Error  drainPeriod: is not a duration. Fix: write a whole number and a unit: 250ms, 5s, 10m or 1h.',
        'SETTINGS:3:1  Error  provider: "Nginx" is not a known value. Fix: write one of Istio, Ingress.',
        'SETTINGS:4:1  Error  setle: setle is not a field. Fix: did you mean settle?',
        '',
      ],
    });
  });
});
