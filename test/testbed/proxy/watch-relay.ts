/** Passes the bytes of one watch on, chunk by chunk; may swallow events, slip events in, and fall silent. */

/** A watch event (metav1.WatchEvent). */
export type WatchEvent = { readonly type: string; readonly object: unknown };

/** True for an event that the client shall not see. */
export type EventFilter = (event: WatchEvent) => boolean;

/** One watch on its way through the proxy. */
export type WatchRelay = {
  /** Takes bytes from the server. */
  readonly push: (chunk: Buffer) => void;
  /** Sends an event of the test's own, between two events of the server. */
  readonly send: (event: WatchEvent) => void;
  /** Falls silent without closing: nothing reaches the client until `resume`. */
  readonly stall: () => void;
  /** Sends what was held back and goes on. */
  readonly resume: () => void;
};

const newline = 0x0a;

/** Relays to `out`. `filters` is asked for every event; while it is empty, chunks pass as they come. */
export function createWatchRelay(out: (chunk: Buffer) => void, filters: () => readonly EventFilter[]): WatchRelay {
  let isStalled = false;
  /** Chunks of the server while stalled. */
  const waiting: Buffer[] = [];
  /** Events of the test for the next gap between events. */
  const slipped: Buffer[] = [];
  /** The beginning of a line, held back because its event may have to be swallowed. */
  let held = Buffer.alloc(0);
  /** Whether the client has seen the beginning of a line and not its end. */
  let isMidLine = false;

  const emit = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    out(bytes);
    isMidLine = bytes.at(-1) !== newline;
  };
  const emitSlipped = (): void => {
    if (isMidLine || isStalled) return;
    for (const line of slipped.splice(0)) out(line);
  };
  const isSwallowed = (line: Buffer): boolean => {
    const event = JSON.parse(line.toString('utf8')) as WatchEvent;
    return filters().some((filter) => filter(event));
  };
  const relay = (chunk: Buffer): void => {
    let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    if (filters().length === 0) {
      emit(rest);
    } else {
      for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
        const line = rest.subarray(0, end + 1);
        rest = rest.subarray(end + 1);
        if (isMidLine || !isSwallowed(line)) emit(line);
      }
      if (isMidLine) emit(rest);
      else held = Buffer.from(rest);
    }
    emitSlipped();
  };
  return {
    push: (chunk) => {
      if (isStalled) waiting.push(chunk);
      else relay(chunk);
    },
    send: (event) => {
      slipped.push(Buffer.from(`${JSON.stringify(event)}\n`));
      emitSlipped();
    },
    stall: () => {
      isStalled = true;
    },
    resume: () => {
      isStalled = false;
      for (const chunk of waiting.splice(0)) relay(chunk);
      emitSlipped();
    },
  };
}
