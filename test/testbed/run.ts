/** A run: everything that one start of the test bed creates, written down first, so that it can be taken away even after SIGKILL. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';

/** Something outside a process that a run made and that has to be taken away again. */
type Trace = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'port'; readonly port: number };

/** One start of the test bed; everything it made goes with `end`. */
export type Run = {
  readonly id: string;
  /** A folder of the run's own. */
  readonly folder: string;
  /** Variables for every process of the run: by them a sweep finds the processes of a run whose owner is gone. */
  readonly environment: Readonly<Record<string, string>>;
  /** A free TCP port of 127.0.0.1 that no other run gets until this one has ended. */
  readonly claimPort: () => Promise<number>;
  /** Adds something to do at the end of the run; the last added is done first. */
  readonly atEnd: (step: () => Promise<void> | void) => void;
  /** Ends the run: does the steps, then removes ports, folder and run file. A second call does nothing. */
  readonly end: () => Promise<void>;
};

const runVariable = 'APPTRAFFIC_TESTBED_RUN';
const root = join(tmpdir(), `apptraffic-testbed-${userInfo().uid}`);
const runsFolder = join(root, 'runs');
const portsFolder = join(root, 'ports');

/** Below the range from which Linux takes the ports of outgoing connections (ip_local_port_range, from 32768). */
const portRange = { first: 20_000, last: 31_999 };

/** When a process started, in clock ticks since boot (proc(5), field 22 of stat): tells a pid from its later reuse. */
function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    try {
      process.kill(pid, 0);
      return '0';
    } catch {
      return undefined;
    }
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return afterName[0] === 'Z' ? undefined : afterName[19];
  } catch {
    return undefined;
  }
}

/** The run's file is named after its owner, so that an empty or half-written one still says whose it is. */
const isOwnerAlive = (id: string): boolean => {
  const [pid = '', startTime] = id.split('-');
  return startTimeOf(Number(pid)) === startTime;
};

const runFile = (id: string): string => join(runsFolder, `${id}.jsonl`);
const record = (id: string, trace: Trace): void => appendFileSync(runFile(id), `${JSON.stringify(trace)}\n`);

function undo(id: string, trace: Trace): void {
  if (trace.kind === 'folder') {
    rmSync(trace.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    return;
  }
  const claim = join(portsFolder, `${trace.port}`);
  try {
    if (readFileSync(claim, 'utf8') === id) rmSync(claim, { force: true });
  } catch {
    // The run died between writing the claim down and making it.
  }
}

function tracesOf(id: string): readonly Trace[] {
  const lines = readFileSync(runFile(id), 'utf8').split('\n');
  const complete = lines.slice(0, -1);
  return complete.map((line) => JSON.parse(line) as Trace).reverse();
}

function removeTraces(id: string): void {
  for (const trace of tracesOf(id)) undo(id, trace);
  rmSync(runFile(id), { force: true });
}

/** Pids of the living processes that carry the run's variable. */
export function processesOf(id: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${runVariable}=${id}`);
      return isOurs && startTimeOf(pid) !== undefined;
    } catch {
      return false;
    }
  });
}

/** Ends every run whose owner is gone; gives the ids of those it ended. Safe beside other sweeps and runs. */
export function sweepRuns(): readonly string[] {
  mkdirSync(runsFolder, { recursive: true, mode: 0o700 });
  mkdirSync(portsFolder, { recursive: true, mode: 0o700 });
  const files = readdirSync(runsFolder).filter((name) => name.endsWith('.jsonl'));
  const dead = files.map((name) => basename(name, '.jsonl')).filter((id) => !isOwnerAlive(id));
  return dead.filter((id) => {
    for (const pid of processesOf(id)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone by itself in the meantime.
      }
    }
    try {
      removeTraces(id);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function claimPort(id: string): Promise<number> {
  const size = portRange.last - portRange.first + 1;
  const start = randomBytes(4).readUInt32BE() % size;
  for (let step = 0; step < size; step += 1) {
    const port = portRange.first + ((start + step) % size);
    record(id, { kind: 'port', port });
    try {
      writeFileSync(join(portsFolder, `${port}`), id, { flag: 'wx' });
    } catch {
      continue;
    }
    if (await canListen(port)) return port;
  }
  throw new Error(`no free port between ${portRange.first} and ${portRange.last}`);
}

/** Starts a run owned by this process, after sweeping the runs of processes that are gone. */
export function startRun(): Run {
  sweepRuns();
  const id = [process.pid, startTimeOf(process.pid) ?? '0', randomBytes(4).toString('hex')].join('-');
  const folder = join(root, id);
  writeFileSync(runFile(id), '', { flag: 'wx' });
  record(id, { kind: 'folder', path: folder });
  mkdirSync(folder, { mode: 0o700 });
  const steps: (() => Promise<void> | void)[] = [];
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    try {
      for (const step of steps.reverse()) await step();
    } finally {
      removeTraces(id);
    }
  };
  return {
    id,
    folder,
    environment: { [runVariable]: id },
    claimPort: () => claimPort(id),
    atEnd: (step) => void steps.push(step),
    end: () => (ending ??= end()),
  };
}
