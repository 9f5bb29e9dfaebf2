/** A process that runs for a Lease and, while it leads, patches a ConfigMap as fast as it can. Used by leader-election.test.ts. */
import { sleep } from '../../src/runtime/clock.ts';
import { systemEnvironment } from '../../src/runtime/environment.ts';
import { createResourceClient } from '../../src/runtime/kube-client.ts';
import { stopSignal } from '../../src/runtime/signals.ts';
import { leaseCandidate, namespace, writeTimeoutMs } from './lease-candidate.ts';

const [kubeconfig = '', lease = '', identity = ''] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const environment = systemEnvironment((event) => {
  if (event.type !== 'request') say(event.type);
});
const { elector, fence, transport } = leaseCandidate(kubeconfig, lease, identity, environment);
const resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const ledger = createResourceClient(transport, resource, {
  fieldManager: 'ledger',
  fence: fence.gate,
  writeTimeoutMs,
});

async function write(signal: AbortSignal): Promise<void> {
  let told = false;
  for (let count = 0; !signal.aborted; count++) {
    const value = `${identity} ${count}`;
    const patch = ledger.jsonPatch({ namespace, name: 'ledger' }, [{ op: 'add', path: '/data/last', value }]);
    const error: unknown = await patch.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined && !told) say('written');
    told ||= error === undefined;
    // A shut gate refuses at once: trying again without a pause would keep the timers from firing.
    if (error !== undefined) await sleep(environment.clock, 1, signal);
  }
}

const end = await elector.run(stopSignal(), write);
say(end);
process.exit(end === 'lost' ? 1 : 0);
