/** What the AppTraffics of the input serve: everything of a question but the request and who sends it. */
import { trafficOf } from '../../compile/compile.ts';
import { servedModel } from '../../compile/judge.ts';
import type { Question } from '../../decide/question.ts';
import type { Platform } from '../../model/platform.ts';
import type { AppRef } from '../../model/traffic.ts';
import type { Input } from '../input/read-input.ts';
import { offlineOutcomes } from '../offline-outcomes.ts';
import type { OfflineOutcome } from '../offline-outcomes.ts';

/**
 * What is served, and which AppTraffics are left out, sorted: those that are refused whole, of which nothing is served, and
 * those that would serve only in part, since an object that they need belongs to another (AT0501).
 */
export type ServedOffline = {
  readonly served: Omit<Question, 'request' | 'caller'>;
  readonly refused: readonly AppRef[];
};

/**
 * What the input serves: `decide({ ...served, request, caller })` answers a request to it. The AppTraffics see each other
 * as they would in one cluster. Says nothing of what is wrong with them: compileOffline does. `now`: RFC 3339.
 */
export function servedOffline(input: Pick<Input, 'apps' | 'others'>, platform: Platform, now: string): ServedOffline {
  const { outcomes } = offlineOutcomes(input, platform, now);
  const models = outcomes.map((outcome) => ({ outcome, model: modelOf(outcome) }));
  const isServed = (object: Input['apps'][number]): boolean =>
    models.some(({ outcome, model }) => outcome.object === object && model !== undefined);
  return {
    served: {
      apps: models.flatMap(({ model }) => model ?? []),
      accounts: outcomes.map(({ value }) => {
        const { app, serviceAccount, service } = trafficOf(value, { platform });
        return { app, serviceAccount, service: service.name };
      }),
      platform,
    },
    refused: input.apps
      .filter((object) => !isServed(object))
      .map(({ manifest: { metadata } }) => ({ namespace: metadata.namespace ?? '', name: metadata.name })),
  };
}

function modelOf({ value, world, compiled }: OfflineOutcome): ReturnType<typeof servedModel> {
  return compiled.problems.some(({ code }) => code === 'AT0501') ? undefined : servedModel(value, world);
}
