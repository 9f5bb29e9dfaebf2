/** Starting processes so that they do not outlive the one that started them. */

/**
 * The command line that runs `command` and has the kernel kill it when the thread that starts it is gone (prctl(2),
 * PR_SET_PDEATHSIG); also after SIGKILL, when no handler of ours runs. The pid stays that of `command`.
 * Covers `command` alone, not what it forks. Outside Linux the command line is returned as it is.
 */
export function dyingWithParent(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  if (process.platform !== 'linux') return [command, args];
  return ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]];
}
