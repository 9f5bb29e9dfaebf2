/** Observability of the model. */
import type { Observability as Given } from '../api/v1alpha1/observability.ts';
import type { Observability } from '../model/observability.ts';

const at = 'spec.observability';

/** What the spec says, each with its place. */
export function normalizeObservability({ accessLog, tracing }: Given): Observability {
  return {
    at,
    ...(accessLog === undefined ? {} : { accessLog: { value: accessLog, at: `${at}.accessLog` } }),
    ...(tracing === undefined ? {} : { tracingPercent: { value: tracing.percent, at: `${at}.tracing.percent` } }),
  };
}
