/** Probers at work: requests at a steady rate from several clients, each answer kept with its moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../testbed/mesh/client.ts';
import type { Answer } from '../../testbed/mesh/request.ts';
import { headerValues } from '../../testbed/mesh/request.ts';
import type { Echo } from '../../testbed/mesh/echo.ts';
import type { ClientTls } from '../../testbed/mesh/wire.ts';
import type { Observed } from '../differential/observed.ts';
import type { Ask } from './allowed.ts';
import { dueNow } from './pace.ts';
import type { Pace } from './pace.ts';
import type { Sample } from './verdict.ts';

/** One kind of request that is sent again and again. */
export type Probe = {
  readonly name: string;
  readonly ask: Ask;
  readonly from: Client;
  /** `ADDRESS:PORT`. */
  readonly to: string;
  readonly tls?: ClientTls;
};

/** An answer and what it answers. */
export type Taken = { readonly probe: Probe; readonly phase: string; readonly sample: Sample };

/** Probers at work. Times in milliseconds since the epoch. */
export type Probing = {
  readonly add: (probes: readonly Probe[]) => void;
  readonly remove: (probes: readonly Probe[]) => void;
  /** Names what is going on from now on. */
  readonly phase: (name: string) => void;
  /** Resolves once every probe has been answered `count` times that were sent from now on; rejects when the slots are used up. */
  readonly more: (count: number) => Promise<void>;
  /** Ends the loop and waits for the answers that are outstanding. */
  readonly stop: () => Promise<{ readonly taken: readonly Taken[]; readonly leftOut: number }>;
};

const tickMs = 5;

/** What a client saw. */
export function observedOf(answer: Answer): Observed {
  if (answer.connectionError !== undefined)
    return { is: 'none', why: `${answer.connectionError} during ${answer.during}` };
  const { status, headers, body } = answer;
  const [location] = headerValues(headers, 'location');
  const echo = echoIn(body);
  return {
    is: 'answer',
    status,
    ...(location === undefined ? {} : { location }),
    ...(echo === undefined ? {} : { seen: seenBy(echo) }),
    tries: echo === undefined ? 0 : 1,
  };
}

function echoIn(body: string): Echo | undefined {
  try {
    const echo = JSON.parse(body) as Echo;
    return typeof echo.pod === 'string' ? echo : undefined;
  } catch {
    return undefined;
  }
}

function seenBy({
  namespace,
  pod,
  port,
  path,
  query,
  headers,
}: Echo): NonNullable<Extract<Observed, { is: 'answer' }>['seen']> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before},${value}`);
  }
  return {
    pod: `${namespace}/${pod}`,
    port,
    path: query === null ? path : `${path}?${query}`,
    headers: Object.fromEntries(joined),
  };
}

async function send({ ask, from, to, tls }: Probe): Promise<Observed> {
  const { method = 'GET', host, path, headers = {} } = ask;
  return observedOf(await from.request({ to, host, method, path, headers, ...(tls === undefined ? {} : { tls }) }));
}

/** Starts the loop; the probes take turns. */
export function startProbing(pace: Pace): Probing {
  const active: Probe[] = [];
  const taken: Taken[] = [];
  const open = new Set<Promise<void>>();
  const startedAt = performance.now();
  let phase = '';
  let [used, leftOut, turn] = [0, 0, 0];
  const ending = new AbortController();
  let defect: Error | undefined;

  const probeOnce = async (probe: Probe): Promise<void> => {
    const [sentAt, sentIn] = [Date.now(), phase];
    const observed = await send(probe);
    taken.push({ probe, phase: sentIn, sample: { sentAt, answeredAt: Date.now(), observed } });
  };
  const tick = (): void => {
    if (active.length === 0) return;
    const due = dueNow(pace, { used, open: open.size, elapsedMs: performance.now() - startedAt });
    used += due.send + due.leaveOut;
    leftOut += due.leaveOut;
    for (let sent = 0; sent < due.send; sent += 1) {
      const probe = active[(turn += 1) % active.length];
      if (probe === undefined) continue;
      const one = probeOnce(probe).catch((error: Error) => void (defect ??= error));
      open.add(one);
      void one.then(() => open.delete(one));
    }
    if (due.isOver) defect ??= new Error(`the probers' ${pace.slots} slots are used up`);
  };
  const loop = (async () => {
    for (;;) {
      if (ending.signal.aborted || defect !== undefined) return;
      tick();
      await sleep(tickMs);
    }
  })();
  return {
    add: (probes) => void active.push(...probes),
    remove: (probes) => {
      for (const probe of probes) active.splice(active.indexOf(probe), active.includes(probe) ? 1 : 0);
    },
    phase: (name) => void (phase = name),
    more: async (count) => {
      const since = Date.now();
      const answers = (probe: Probe): number =>
        taken.filter((one) => one.probe === probe && one.sample.sentAt >= since).length;
      while (!active.every((probe) => answers(probe) >= count)) {
        if (defect !== undefined) throw defect;
        await sleep(tickMs * 4);
      }
    },
    stop: async () => {
      ending.abort();
      await loop;
      await Promise.all(open);
      if (defect !== undefined) throw defect;
      return { taken, leftOut };
    },
  };
}
