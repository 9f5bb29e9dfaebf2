/** What the mesh demo shows, on standard output; it fails when the mesh answers otherwise than `explain` says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { table } from '../../../src/cli/columns.ts';
import { sample, untilReady } from '../sample.ts';
import { say } from '../talk.ts';
import { explain, writeShop } from './explain.ts';
import { askAll } from './questions.ts';
import { host } from './stage.ts';
import type { Stage } from './stage.ts';
import { areExplained, countShares, samples } from './weights.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const url = `https://${host}/`;

/** Requests beside what is foretold of them, the weights counted, and a canary that is shifted while requests come in. */
export async function showShop(stage: Stage, signal: AbortSignal): Promise<void> {
  say('sending requests');
  await showAnswers(stage);
  signal.throwIfAborted();
  await showShares(stage);
  signal.throwIfAborted();
  await shiftCanary(stage, signal);
  await showShares(stage);
}

async function showAnswers(stage: Stage): Promise<void> {
  const rows = await askAll(stage, await writeShop(stage.mesh));
  print('');
  print(
    table([
      ['FROM', 'REQUEST', 'EXPLAIN SAYS', 'THE MESH SAYS', 'AGREES'],
      ...rows.map(({ from, request, foretold, came, agrees }) => [
        from,
        request,
        foretold,
        came,
        agrees ? 'yes' : 'NO',
      ]),
    ]),
  );
  const wrong = rows.filter(({ agrees }) => !agrees).length;
  if (wrong > 0) throw new Error(`${wrong} of ${rows.length} requests got another answer than apptraffic explain says`);
}

async function showShares(stage: Stage): Promise<void> {
  say(`sending ${samples} requests to count who answers`);
  const { backends } = await explain(await writeShop(stage.mesh), url);
  const shares = await countShares(stage, backends);
  print(`Of ${samples} requests GET ${url}`);
  print(
    table([
      ['BACKEND', 'WEIGHT', 'COUNT', 'SHARE', 'THE WEIGHT EXPLAINS'],
      ...shares.map(({ backend, weight, count, bounds: { least, most } }) => [
        backend,
        `${weight}%`,
        `${count}`,
        `${((100 * count) / samples).toFixed(1)}%`,
        `${least} to ${most}`,
      ]),
    ]),
  );
  if (!areExplained(shares)) throw new Error('the weights do not explain who answered');
}

/** Shifts the canary as a person would, and keeps asking until the change has reached the gateway. */
async function shiftCanary(stage: Stage, signal: AbortSignal): Promise<void> {
  const { mesh, ca } = stage;
  const patch = JSON.stringify({ spec: { split: { stable: 50, canary: 50 } } });
  const words = ['patch', 'apptraffic', sample.name, '-n', sample.namespace, '--type=merge', '-p', patch];
  print(`$ kubectl ${words.slice(0, -1).join(' ')} '${patch}'`);
  const over = new AbortController();
  const statuses: string[] = [];
  const asking = (async () => {
    while (!over.signal.aborted) {
      const answer = await mesh.request({ host, path: '/', tls: { sni: host, ca } });
      statuses.push(`${answer.status ?? answer.connectionError}`);
      await nextTurn();
    }
  })();
  try {
    print((await mesh.plane.kubectl(words)).trimEnd());
    await untilReady(mesh.plane.kubectl, signal);
    await mesh.synced();
  } finally {
    over.abort();
    await asking;
  }
  const failed = statuses.filter((status) => status !== '200');
  if (failed.length > 0) throw new Error(`while the canary was shifted, requests failed: ${failed.join(' ')}`);
  print(`${statuses.length} requests while it changed, one after another: all answered with 200.\n`);
}
