/** The flags of the operator's process, named as in kubebuilder: one row each, from which the command line, its help and the reader derive. */
import { readBindAddress, readBoolean, readDuration, readNamespaces, readOneOf, readPath } from './flag-values.ts';
import type { FlagValue, ReadFlag } from './flag-values.ts';

type Flag<T> = {
  /** The words of the help text; `by default …` is added from `fallback`. */
  readonly does: string;
  /** What stands for the value in the help text; absent: the flag may stand alone and then means true. */
  readonly placeholder?: string;
  /** The text that holds where the flag is absent; undefined: the flag stays unset. */
  readonly fallback?: string;
  readonly read: ReadFlag<T>;
};

/** Every flag, by its name without the dashes. */
export const operatorFlags = {
  'metrics-bind-address': flag({
    does: 'Where /metrics is served; 0 serves none',
    placeholder: 'ADDRESS',
    fallback: ':8080',
    read: readBindAddress,
  }),
  'health-probe-bind-address': flag({
    does: 'Where /healthz and /readyz are served; 0 serves none',
    placeholder: 'ADDRESS',
    fallback: ':8081',
    read: readBindAddress,
  }),
  'leader-elect': flag({
    does: 'Work only while holding the Lease, so that several replicas can run',
    fallback: 'false',
    read: readBoolean,
  }),
  'lease-duration': flag({
    does: 'How long others wait before they take over a Lease that is not renewed',
    placeholder: 'DURATION',
    fallback: '15s',
    read: readDuration,
  }),
  'renew-deadline': flag({
    does: 'How long the leader tries to renew the Lease before it gives up and ends',
    placeholder: 'DURATION',
    fallback: '10s',
    read: readDuration,
  }),
  'retry-period': flag({
    does: 'Pause between two tries to take or renew the Lease',
    placeholder: 'DURATION',
    fallback: '2s',
    read: readDuration,
  }),
  'watch-namespaces': flag({
    does: 'Namespaces to work in, separated by commas; empty means all',
    placeholder: 'NAMESPACES',
    fallback: '',
    read: readNamespaces,
  }),
  'watch-idle-timeout': flag({
    does: 'How long a watch may bring nothing, not even a bookmark, before it is opened anew',
    placeholder: 'DURATION',
    fallback: '2m',
    read: readDuration,
  }),
  'relist-period': flag({
    does: 'How often every kind is listed and compared with what the watches brought',
    placeholder: 'DURATION',
    fallback: '10m',
    read: readDuration,
  }),
  'max-backoff': flag({
    does: 'Longest pause before an object that fails is tried again',
    placeholder: 'DURATION',
    fallback: '5m',
    read: readDuration,
  }),
  'log-level': flag({
    does: 'Least severe level that is logged: error, warn, info or debug',
    placeholder: 'LEVEL',
    fallback: 'info',
    read: readOneOf(['error', 'warn', 'info', 'debug']),
  }),
  'log-format': flag({
    does: 'Form of the log: json or text',
    placeholder: 'FORMAT',
    fallback: 'json',
    read: readOneOf(['json', 'text']),
  }),
  settings: flag({
    does: 'File with the OperatorSettings; the built-in ones where absent',
    placeholder: 'FILE',
    read: optional(readPath),
  }),
  kubeconfig: flag({
    does: "Kubeconfig file; in a pod the pod's ServiceAccount is used where absent",
    placeholder: 'FILE',
    read: optional(readPath),
  }),
} as const;

/** The name of a flag, without the dashes. */
export type OperatorFlagName = keyof typeof operatorFlags;

/** The values of all flags, by name; durations in ms. */
export type OperatorFlagValues = {
  readonly [N in OperatorFlagName]: (typeof operatorFlags)[N] extends Flag<infer T> ? T : never;
};

/** The names of all flags, in the order of the help text. */
export const operatorFlagNames = Object.keys(operatorFlags) as readonly OperatorFlagName[];

function flag<T>(row: Flag<T>): Flag<T> {
  return row;
}

function optional<T>(read: ReadFlag<T>): ReadFlag<T | undefined> {
  return (text): FlagValue<T | undefined> => read(text);
}
