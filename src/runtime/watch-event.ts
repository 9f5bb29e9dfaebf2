/** What one line of a watch says. */
import { ApiError } from './api-error.ts';
import { errorOfWatchEvent } from './api-status.ts';
import { isJsonObject, textAt, valueAt } from '../kube/json.ts';
import { parseObject } from './resource.ts';
import type { KubeObject, Resource } from './resource.ts';

/** A change, a bookmark (`initialEnd`: the initial events of a streamed list are complete), or the server's complaint. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEnd: boolean }
  | { readonly type: 'ERROR'; readonly error: ApiError };

/** The annotation of the bookmark that ends the initial events (KEP-3157). */
const initialEventsEnd = 'k8s.io/initial-events-end';

/** Reads a line; a line that is no event is an ApiError, because what it said is lost. */
export function parseWatchEvent(line: string, resource: Resource): WatchEvent {
  const { type, object } = parseLine(line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: parseObject(object, resource) };
    case 'BOOKMARK': {
      const initialEnd = valueAt(object, 'metadata', 'annotations', initialEventsEnd) === 'true';
      return { type, resourceVersion: textAt(object, 'metadata', 'resourceVersion') ?? '', initialEnd };
    }
    case 'ERROR':
      return { type, error: errorOfWatchEvent(object) };
    default:
      throw new ApiError({
        reason: 'InvalidResponse',
        message: `a watch sent an event of unknown type ${String(type)}`,
      });
  }
}

function parseLine(line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    const event: unknown = JSON.parse(line);
    if (isJsonObject(event)) return event;
  } catch {
    // Told below, like a line that is JSON but no event.
  }
  throw new ApiError({
    reason: 'InvalidResponse',
    message: `a watch sent ${line.length} characters that are no event`,
  });
}
