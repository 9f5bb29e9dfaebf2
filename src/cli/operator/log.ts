/** The operator's log: structured lines by winston; each message is a constant phrase, data stands in fields. */
import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import type { Logger } from 'winston';

/** Severity of a line. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Fields of a line; undefined ones are left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines about one part of the operator. */
export type Log = {
  readonly line: (level: LogLevel, msg: string, fields?: LogFields) => void;
  /** Whether lines of this level are written: guards work that only a log line needs. */
  readonly isEnabled: (level: LogLevel) => boolean;
};

/** How to log. */
export type LogOptions = {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

const first = ['ts', 'level', 'msg', 'logger', 'controller', 'namespace', 'name', 'generation', 'reconcileID', 'error'];

/** Makes the log of a process: one JSON object a line (ts, level, msg, …), or one readable line. */
export function createLog(options: LogOptions): Log {
  const logger: Logger = createLogger({
    level: options.level,
    format: format.combine(
      format.timestamp({ format: () => new Date(options.now()).toISOString() }),
      lineFormat(options.format),
    ),
    transports: [new transports.Stream({ stream: lineStream(options.write) })],
  });
  return {
    line: (level, msg, fields = {}) => {
      logger.log({ level, message: msg, ...fields });
    },
    isEnabled: (level) => logger.isLevelEnabled(level),
  };
}

/** An error as a field: its message, and for defects of ours where they come from. */
export function errorField(error: unknown): string {
  return error instanceof Error && error.name !== 'ApiError' ? (error.stack ?? error.message) : errorText(error);
}

/** What an error says, without where it comes from. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lineFormat(form: LogOptions['format']): ReturnType<typeof format.printf> {
  return format.printf(({ level, message, timestamp, ...rest }) => {
    const fields: Record<string, unknown> = { ts: timestamp, level, msg: message, ...rest };
    const known = first.filter((name) => fields[name] !== undefined);
    const others = Object.keys(fields).filter((name) => !first.includes(name) && fields[name] !== undefined);
    const ordered = Object.fromEntries([...known, ...others].map((name) => [name, fields[name]]));
    if (form === 'json') return JSON.stringify(ordered);
    const { ts, level: severity, msg, ...data } = ordered;
    const pairs = Object.entries(data).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [ts, severity, msg, ...pairs].join('  ');
  });
}

function lineStream(write: (line: string) => void): NodeJS.WritableStream {
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      write(chunk.toString('utf8'));
      callback();
    },
  });
}
