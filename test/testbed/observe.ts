/** Waiting for a state of the cluster: list, then watch, until a condition holds or the deadline passes. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind, KubeObject } from './kube-object.ts';

/** Which objects: of one kind, in one namespace (absent: in all), by name or labels. */
export type Selection = Kind & {
  readonly namespace?: string;
  readonly name?: string;
  /** As in `kubectl -l`. */
  readonly labelSelector?: string;
};

/** How long to wait and how to name what is waited for. */
export type Deadline = {
  /** Default 20 s. */
  readonly withinMs?: number;
  readonly what?: string;
};

/** The objects selected, as of one resourceVersion. */
export type Listing = { readonly objects: readonly KubeObject[]; readonly resourceVersion: string };

/** The two requests that observing takes. */
export type WatchSource = {
  readonly list: (selection: Selection) => Promise<Listing>;
  /** Resolves with an open stream of watch events, one JSON text a line. */
  readonly watch: (selection: Selection, resourceVersion: string, signal: AbortSignal) => Promise<IncomingMessage>;
};

/** A fault of the condition itself: waiting longer does not mend it. */
class BrokenCheck extends Error {}

const afterFailureMs = 100;
const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

async function* linesOf(stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Follows the events after a list; resolves with a result, or undefined when the watch ends without one. */
async function follow<T>(
  stream: IncomingMessage,
  objects: Map<string, KubeObject>,
  check: () => T | undefined,
): Promise<T | undefined> {
  for await (const line of linesOf(stream)) {
    const event = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
    if (event.type === 'ERROR') return undefined;
    if (event.type === 'DELETED') objects.delete(keyOf(event.object));
    else objects.set(keyOf(event.object), event.object);
    const result = check();
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Lists, then watches once; gives the result of `check`, or undefined when the watch ended without one. */
async function observeOnce<T>(
  source: WatchSource,
  selection: Selection,
  signal: AbortSignal,
  check: (objects: readonly KubeObject[]) => T | undefined,
): Promise<T | undefined> {
  const listing = await source.list(selection);
  const objects = new Map(listing.objects.map((object) => [keyOf(object), object]));
  const checkNow = (): T | undefined => {
    try {
      return check([...objects.values()]);
    } catch (error) {
      throw new BrokenCheck('the condition threw', { cause: error });
    }
  };
  const now = checkNow();
  if (now !== undefined) return now;
  const stream = await source.watch(selection, listing.resourceVersion, signal);
  try {
    return await follow(stream, objects, checkNow);
  } finally {
    stream.destroy();
  }
}

/**
 * Resolves with the first result that `check` finds in the objects selected, seen by list and watch; lists again when
 * the server goes away. Rejects at the deadline with the objects last seen, and at once with what `check` throws.
 */
export async function observe<T>(
  source: WatchSource,
  selection: Selection,
  check: (objects: readonly KubeObject[]) => T | undefined,
  { withinMs = 20_000, what = selection.kind }: Deadline = {},
): Promise<T> {
  const signal = AbortSignal.timeout(withinMs);
  let last: readonly KubeObject[] = [];
  let fault: unknown;
  const remember = (objects: readonly KubeObject[]): T | undefined => {
    last = objects;
    return check(objects);
  };
  while (!signal.aborted) {
    try {
      const result = await observeOnce(source, selection, signal, remember);
      if (result !== undefined) return result;
    } catch (error) {
      if (error instanceof BrokenCheck) throw error.cause;
      if (signal.aborted) break;
      fault = error;
      await sleep(afterFailureMs);
    }
  }
  const seen = last.length === 0 ? 'nothing there' : JSON.stringify(last, undefined, 1).slice(0, 4_000);
  const trouble = fault instanceof Error ? `; ${fault.message}` : '';
  throw new Error(`${what}: not within ${withinMs} ms${trouble}; last seen: ${seen}`, { cause: fault });
}
