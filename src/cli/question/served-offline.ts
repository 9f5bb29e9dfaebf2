/** What the AppTraffics of the input serve: everything of a question but the request and who sends it. */
import { parseAppTraffic } from '../../api/v1alpha1/parse.ts';
import { trafficOf } from '../../compile/compile.ts';
import { servedModel } from '../../compile/judge.ts';
import type { Question } from '../../decide/question.ts';
import type { Platform } from '../../model/platform.ts';
import type { AppRef } from '../../model/traffic.ts';
import type { Input } from '../input/read-input.ts';
import { worldsFromDocuments } from '../world-from-documents.ts';
import type { OfflineApp } from '../world-from-documents.ts';

/** What is served, and which AppTraffics are refused whole, sorted: of those nothing is. */
export type ServedOffline = {
  readonly served: Omit<Question, 'request' | 'caller'>;
  readonly refused: readonly AppRef[];
};

/**
 * What the input serves: `decide({ ...served, request, caller })` answers a request to it. The AppTraffics see each other
 * as they would in one cluster. Says nothing of what is wrong with them: compileOffline does. `now`: RFC 3339.
 */
export function servedOffline(
  { apps, others }: Pick<Input, 'apps' | 'others'>,
  platform: Platform,
  now: string,
): ServedOffline {
  const read = apps.map((object) => ({ object, parsed: parseAppTraffic(object.manifest) }));
  const valid = read.flatMap(({ object, parsed }): readonly OfflineApp[] =>
    parsed.ok ? [{ object, value: parsed.value }] : [],
  );
  const worldOf = worldsFromDocuments({ apps: valid, others, platform, now });
  const models = valid.map((app) => ({ app, model: servedModel(app.value, worldOf(app)) }));
  const isServed = (object: Input['apps'][number]): boolean =>
    models.some(({ app, model }) => app.object === object && model !== undefined);
  return {
    served: {
      apps: models.flatMap(({ model }) => model ?? []),
      accounts: valid.map(({ value }) => {
        const { app, serviceAccount } = trafficOf(value, { platform });
        return { app, serviceAccount };
      }),
      platform,
    },
    refused: apps
      .filter((object) => !isServed(object))
      .map(({ manifest: { metadata } }) => ({ namespace: metadata.namespace ?? '', name: metadata.name })),
  };
}
