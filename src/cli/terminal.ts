/** What a command is given of the outside: where the user stands, what he pipes in, and where its words go. */

/** The outside of one command. */
export type Terminal = {
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The time now, RFC 3339 in UTC to the second, as Kubernetes writes times. */
  readonly now: () => string;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  /** Writes data: what the user asked for. */
  readonly out: (text: string) => void;
  /** Writes talk: problems, notes, help on mistakes. */
  readonly err: (text: string) => void;
};

/** Exit codes of every command. */
export const exitCodes = {
  ok: 0,
  /** There are findings or differences. */
  findings: 1,
  /** The command could not do its work: faulty flags, unreadable input. */
  error: 2,
} as const;

/** An exit code. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
