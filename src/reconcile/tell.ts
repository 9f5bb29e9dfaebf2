/** tell: says what came of a pass, in status and in events. */
import type { AppTrafficStatus } from '../api/v1alpha1/status.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { ChildOutcome } from '../kube/child-outcome.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { ReportedEvent } from '../report/events.ts';
import type { ProbeFinding } from '../report/reachable.ts';
import { report } from '../report/report.ts';
import { ApiError } from '../runtime/api-error.ts';
import type { AppEntry } from './app-index.ts';
import type { ChildWriter } from './child-writer.ts';

/** What telling works with. */
export type TellTools = {
  readonly writer: Pick<ChildWriter, 'applyStatus'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hash of the platform settings, for status. */
  readonly settingsHash: string;
  /** Takes note of the AppTraffic that the server has answered with. */
  readonly observeApp: (app: Manifest) => void;
  readonly record: (app: Manifest, event: ReportedEvent) => void;
};

/** What came of a pass; an unfinished one writes no status: a later one soon does. */
export type PassEnd = {
  readonly children: readonly ChildOutcome[];
  readonly isUnfinished: boolean;
  /** What probes have settled on; undefined: nothing yet. */
  readonly finding: ProbeFinding | undefined;
};

/**
 * Writes status where it says something new, and records events. Returns the cluster's fault, if any; throws defects of
 * ours.
 */
export async function tell(
  { object }: AppEntry,
  compiled: Compiled,
  { children, isUnfinished, finding }: PassEnd,
  tools: TellTools,
): Promise<ApiError | undefined> {
  const { status, events, turns } = report({
    app: compiled,
    outcome: { children, settling: isUnfinished },
    generation: object.metadata.generation ?? 0,
    settings: tools.settingsHash,
    previous: object.status as AppTrafficStatus | undefined,
    finding,
    now: new Date(tools.now()).toISOString(),
  });
  for (const event of events) tools.record(object, event);
  if (status === undefined) return undefined;
  const tellTurns = (): void => turns.forEach((event) => tools.record(object, event));
  try {
    tools.observeApp(await tools.writer.applyStatus(object, status));
    tellTurns();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // With the answer lost the status is likely there, and then no later pass has anything to tell.
    if (error.outcomeUnknown) tellTurns();
    return error;
  }
}
