/** Durations as Istio's CRDs take them: Go's syntax, whole milliseconds (istio.io/istio pkg/config/validation, ValidateDuration). */

/** `15s` for whole seconds, else `250ms`. `ms` is whole and at least 1: a zero duration is refused by the CRDs. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
