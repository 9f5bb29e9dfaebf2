/** What the sidecars of the app's pods tell about requests; Istio's, whatever serves `external`. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { wholeNumber } from '../../schema/text.ts';

const tracing = z.strictObject({
  percent: wholeNumber(0, 100).meta(
    about(
      "Share of requests, in whole percent, that are traced where the sidecars of the app's pods are the first to decide; a request that arrives with a decision, such as that of a gateway that traces, keeps it.",
      { becomes: 'Telemetry.spec.tracing[].randomSamplingPercentage' },
    ),
  ),
});

/** Access log and traces of the app's pods. */
export const observability = withRules(
  z.strictObject({
    tracing: tracing.meta(about('Traces.', { absent: "the mesh's own" })).exactOptional(),
    accessLog: z
      .enum(['None', 'Errors', 'All'])
      .meta(
        about(
          "Which requests and connections the sidecars of the app's pods log, those that come in and those that go out. Errors: answers of 400 and above, and what failed without an answer.",
          { absent: "the mesh's own", becomes: 'Telemetry.spec.accessLogging' },
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'observability says nothing',
      fix: 'write tracing or accessLog, or remove observability',
      cel: 'has(self.tracing) || has(self.accessLog)',
      faults: ({ tracing: traced, accessLog }) => unless(traced !== undefined || accessLog !== undefined),
    },
  ],
);

/** As written. */
export type Observability = Immutable<z.output<typeof observability>>;
