/** The operator as users run it: the bundle in a process of its own, with the API server that its kubeconfig names. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { startComponent } from './component.ts';
import type { Component, Exit } from './component.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';

/** How to run it. */
export type OperatorOptions = {
  /** Path of its kubeconfig: `plane.serviceAccountKubeconfig(…)` or `proxy.kubeconfigFor(…)`. */
  readonly kubeconfig: string;
  /** Further flags, e.g. `--watch-namespaces=a,b`. Addresses, kubeconfig and JSON logs are set already. */
  readonly flags?: readonly string[];
  /** OperatorSettings; written to a file and given as --settings. */
  readonly settings?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** Default true. False: resolves as soon as the process answers /healthz, for one that cannot be ready yet. */
  readonly waitUntilReady?: boolean;
  /** Default 30 s. */
  readonly readyWithinMs?: number;
  /** The JavaScript file to run; default the bundle, dist/apptraffic.cjs. */
  readonly program?: string;
};

/** A line of its log (architecture §6). */
export type LogLine = {
  readonly ts: string;
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
};

/** A running operator; it ends with the control plane at the latest. */
export type Operator = {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly isRunning: () => boolean;
  /** Its log so far. A line that is not JSON (a stack trace of Node) is a line with level `raw`. */
  readonly logs: () => readonly LogLine[];
  /** Resolves with the first line, past or coming, that `isIt` picks; rejects after `withinMs` (default 20 s). */
  readonly waitForLog: (isIt: (line: LogLine) => boolean, withinMs?: number) => Promise<LogLine>;
  /** HTTP status of a probe path (`/readyz`, `/healthz`); 0 when nobody answers. */
  readonly probe: (path: string) => Promise<number>;
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>;
  /** SIGTERM and wait; SIGKILL after `graceMs` (default 60 s). */
  readonly stop: (graceMs?: number) => Promise<Exit>;
  /** SIGKILL and wait. */
  readonly kill: () => Promise<Exit>;
  /** SIGSTOP: frozen, sockets open. */
  readonly pause: () => void;
  /** SIGCONT. */
  readonly resume: () => void;
};

const bundle = join(import.meta.dirname, '../../dist/apptraffic.cjs');
const stopWithinMs = 60_000;
const probeWithinMs = 2_000;

/** GET over plain HTTP on loopback; status 0 when the connection fails or nothing comes. */
function httpGet(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const none = (): void => resolve({ status: 0, text: '' });
    const request = get(url, { agent: false, timeout: probeWithinMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', none);
    });
    request.on('error', none).on('timeout', () => request.destroy());
  });
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { ts: '', level: 'raw', msg: line };
  }
}

function readLog(component: Component): readonly LogLine[] {
  const complete = readFileSync(component.logFile, 'utf8').split('\n').slice(0, -1);
  return complete.map(parseLine);
}

/** The flag with the settings, written to a file of the run. */
function settingsFlags(path: string, settings: object | undefined): readonly string[] {
  if (settings === undefined) return [];
  writeFileSync(path, JSON.stringify(settings));
  return [`--settings=${path}`];
}

/** Starts an operator and waits until it is ready; rejects with the end of its log when it is not in time. */
export async function startOperator({ run }: Pick<ControlPlane, 'run'>, options: OperatorOptions): Promise<Operator> {
  const { kubeconfig, flags = [], program = bundle, env = {}, waitUntilReady = true, readyWithinMs = 30_000 } = options;
  if (!existsSync(program)) throw new Error(`${program} is not there: run make build`);
  const [metricsPort, probePort] = [await run.claimPort(), await run.claimPort()];
  const name = `operator-${probePort}`;
  const probe = async (path: string): Promise<number> => (await httpGet(`http://127.0.0.1:${probePort}${path}`)).status;
  const component = await startComponent(run, {
    name,
    command: process.execPath,
    args: [
      program,
      'operator',
      `--kubeconfig=${kubeconfig}`,
      `--metrics-bind-address=127.0.0.1:${metricsPort}`,
      `--health-probe-bind-address=127.0.0.1:${probePort}`,
      '--log-format=json',
      ...settingsFlags(join(run.folder, `${name}.settings.yaml`), options.settings),
      ...flags,
    ],
    env,
    isReady: async () => (await probe(waitUntilReady ? '/readyz' : '/healthz')) === 200,
    readyWithinMs,
  });
  const logs = (): readonly LogLine[] => readLog(component);
  return {
    pid: component.pid,
    exited: component.exited,
    isRunning: component.isRunning,
    logs,
    waitForLog: async (isIt, withinMs) => {
      let found: LogLine | undefined;
      const isThere = (): boolean => (found = logs().find(isIt)) !== undefined;
      await eventually('a log line', isThere, withinMs);
      return found ?? parseLine('');
    },
    probe,
    metrics: async () => (await httpGet(`http://127.0.0.1:${metricsPort}/metrics`)).text,
    stop: (graceMs = stopWithinMs) => component.stop(graceMs),
    kill: component.kill,
    pause: () => component.signal('SIGSTOP'),
    resume: () => component.signal('SIGCONT'),
  };
}
