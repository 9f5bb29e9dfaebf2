/** Judges RouteTests by what `decide` says of the AppTraffics that they name. */
import { decide } from '../../decide/decide.ts';
import type { Platform } from '../../model/platform.ts';
import { compileOffline } from '../compile-offline.ts';
import type { Finding } from '../input/finding.ts';
import type { Input } from '../input/read-input.ts';
import { decisionJson } from '../question/decision-json.ts';
import { readCaller } from '../question/read-caller.ts';
import { withToken } from '../question/bearer-token.ts';
import { servedOffline } from '../question/served-offline.ts';
import type { ServedOffline } from '../question/served-offline.ts';
import { verdictOf } from './case-result.ts';
import type { CaseResult } from './case-result.ts';
import { judgeDecision } from './judge-decision.ts';
import type { RouteTestSource } from './read-route-tests.ts';
import { httpRequest } from './request-fields.ts';
import type { RouteCase } from './route-test-document.ts';

/** RouteTests that are judged against the same objects. */
export type Group = { readonly input: Input; readonly sources: readonly RouteTestSource[] };

/** What came of a group; `findings` and `assumed` as of compileOffline. */
export type OfflineRun = {
  readonly results: readonly CaseResult[];
  readonly findings: readonly Finding[];
  readonly assumed: readonly string[];
};

/** Judges all cases of a group. `now`: RFC 3339. */
export function runOffline({ input, sources }: Group, platform: Platform, now: string): OfflineRun {
  const { findings, assumed } = compileOffline(input, platform, now);
  const { served } = servedOffline(input, platform, now);
  const results = sources.flatMap((source) =>
    source.test.cases.map((one, at) => judgeCase(one, { source, at }, { served, now })),
  );
  return { results, findings, assumed };
}

function judgeCase(
  { name, request, expect }: RouteCase,
  { source, at }: { readonly source: RouteTestSource; readonly at: number },
  { served, now }: { readonly served: ServedOffline['served']; readonly now: string },
): CaseResult {
  const asked = withToken(httpRequest(request), now);
  const caller = readCaller(request.from ?? 'internet');
  const decision = decide({ ...served, request: asked, caller: caller.ok ? caller.value : undefined });
  const judgements = judgeDecision(expect, asked, decision);
  return {
    suite: source.suite,
    position: source.positionOf(['cases', at]),
    name,
    request,
    verdict: verdictOf(judgements),
    judgements,
    reasons: [decision.why, ...decision.notes],
    decision: decisionJson(decision),
  };
}
