/** From the texts of the operator's flags to typed, checked values; every problem is reported at once. */
import type { BindAddress } from './flag-values.ts';
import { operatorFlagNames, operatorFlags } from './flags.ts';
import type { OperatorFlagName, OperatorFlagValues } from './flags.ts';

/** How the operator's process runs. All times in ms. */
export type OperatorFlags = {
  /** undefined: not served. */
  readonly metricsBindAddress: BindAddress | undefined;
  /** undefined: not served. */
  readonly healthProbeBindAddress: BindAddress | undefined;
  readonly leaderElect: boolean;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  /**
   * How long a write may take: lease duration minus renew deadline, so that a write that was started by a leader who
   * could still renew has ended before somebody else leads.
   */
  readonly writeTimeoutMs: number;
  /** Sorted; empty: all. */
  readonly watchNamespaces: readonly string[];
  readonly watchIdleTimeoutMs: number;
  readonly relistPeriodMs: number;
  readonly maxBackoffMs: number;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly logFormat: 'json' | 'text';
  readonly settingsFile?: string;
  readonly kubeconfigFile?: string;
};

/** One problem of a flag; `flag` is as typed, e.g. `--lease-duration`. */
export type FlagProblem = { readonly flag: string; readonly message: string; readonly fix: string };

/** The flags, or every problem of what was given. */
export type ReadFlags =
  | { readonly ok: true; readonly value: OperatorFlags }
  | { readonly ok: false; readonly problems: readonly FlagProblem[] };

/** client-go's factor between retry period and renew deadline (tools/leaderelection, JitterFactor). */
const jitterFactor = 1.2;
const leastWriteTimeoutMs = 1_000;

/** Reads the flags from their texts; an absent one gets its default. */
export function readOperatorFlags(given: Readonly<Partial<Record<OperatorFlagName, string>>>): ReadFlags {
  const read = operatorFlagNames.map((name) => {
    const { fallback, read } = operatorFlags[name];
    const text = given[name] ?? fallback;
    return { name, found: text === undefined ? { ok: true as const, value: undefined } : read(text) };
  });
  const problems = read.flatMap(({ name, found }) =>
    found.ok ? [] : [{ flag: `--${name}`, message: found.message, fix: found.fix }],
  );
  if (problems.length > 0) return { ok: false, problems };
  const values = Object.fromEntries(
    read.flatMap(({ name, found }) => (found.ok ? [[name, found.value]] : [])),
  ) as OperatorFlagValues;
  const related = relationProblems(values);
  return related.length > 0 ? { ok: false, problems: related } : { ok: true, value: flagsOf(values) };
}

function relationProblems(values: OperatorFlagValues): readonly FlagProblem[] {
  const lease = values['lease-duration'];
  const renew = values['renew-deadline'];
  const retry = values['retry-period'];
  const { 'metrics-bind-address': metrics, 'health-probe-bind-address': probes } = values;
  return [
    ...(lease - renew >= leastWriteTimeoutMs
      ? []
      : [
          {
            flag: '--lease-duration',
            message:
              'is not at least 1s longer than --renew-deadline, so a write of a leader that was lost could overlap with the next leader',
            fix: `write at least ${renew + leastWriteTimeoutMs}ms, or shorten --renew-deadline`,
          },
        ]),
    ...(renew > retry * jitterFactor
      ? []
      : [
          {
            flag: '--renew-deadline',
            message: 'is not longer than 1.2 times --retry-period, so one missed renewal would end the leader',
            fix: `write more than ${Math.ceil(retry * jitterFactor)}ms, or shorten --retry-period`,
          },
        ]),
    ...(metrics === undefined || metrics.port === 0 || metrics.port !== probes?.port
      ? []
      : [
          {
            flag: '--health-probe-bind-address',
            message: 'is the port of --metrics-bind-address',
            fix: 'give them different ports',
          },
        ]),
  ];
}

function flagsOf(values: OperatorFlagValues): OperatorFlags {
  return {
    metricsBindAddress: values['metrics-bind-address'],
    healthProbeBindAddress: values['health-probe-bind-address'],
    leaderElect: values['leader-elect'],
    leaseDurationMs: values['lease-duration'],
    renewDeadlineMs: values['renew-deadline'],
    retryPeriodMs: values['retry-period'],
    writeTimeoutMs: values['lease-duration'] - values['renew-deadline'],
    watchNamespaces: values['watch-namespaces'],
    watchIdleTimeoutMs: values['watch-idle-timeout'],
    relistPeriodMs: values['relist-period'],
    maxBackoffMs: values['max-backoff'],
    logLevel: values['log-level'],
    logFormat: values['log-format'],
    ...(values.settings === undefined ? {} : { settingsFile: values.settings }),
    ...(values.kubeconfig === undefined ? {} : { kubeconfigFile: values.kubeconfig }),
  };
}
