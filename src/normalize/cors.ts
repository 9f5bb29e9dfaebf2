/** CORS: from what the user wrote to facts. */
import type { Cors as ApiCors } from '../api/v1alpha1/cors.ts';
import type { Cors } from '../model/route.ts';
import { durationMs } from '../schema/duration.ts';

const msPerSecond = 1000;

/** Lists sorted, what is repeated left out; header names in lower case. */
export function corsFacts({
  origins,
  methods = [],
  headers = [],
  exposeHeaders = [],
  credentials = false,
  maxAge,
}: ApiCors): Cors {
  return {
    origins: sorted(origins),
    methods: sorted(methods),
    headers: sorted(lower(headers)),
    exposeHeaders: sorted(lower(exposeHeaders)),
    credentials,
    ...(maxAge === undefined ? {} : { maxAgeSeconds: durationMs(maxAge) / msPerSecond }),
  };
}

const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());

function sorted<T extends string>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].sort();
}
