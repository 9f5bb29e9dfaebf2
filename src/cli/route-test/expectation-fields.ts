/** What a case expects: only what is written is compared. */
import { z } from 'zod';
import type { Outcome } from '../../decide/decision.ts';
import { about } from '../../schema/describe.ts';
import { duration } from '../../schema/duration.ts';
import { dns1123Label, labelName } from '../../schema/names.ts';
import { unless, withChecks } from '../../schema/rule.ts';
import { stringMap } from '../../schema/string-map.ts';
import { text, wholeNumber } from '../../schema/text.ts';
import { headerNameForm, headerValueForm } from '../question/read-header.ts';

const outcomes = [
  'route',
  'redirect',
  'respond',
  'deny',
  'unauthorized',
  'notFound',
] as const satisfies readonly Outcome[];

const weights = withChecks(stringMap(wholeNumber(0, 100), { keys: dns1123Label, most: 64 }), [
  {
    message: 'the weights do not add up to 100',
    fix: 'write whole percents of all backends that the request can get',
    faults: (map) => unless(Object.values(map).reduce((sum, weight) => sum + weight, 0) === 100),
  },
]);

const shape = z.strictObject({
  outcome: z
    .enum(outcomes)
    .meta(
      about(
        'What becomes of the request: a backend gets it (route), it is led elsewhere (redirect), answered at once (respond), refused (deny), refused for want of credentials (unauthorized), or nothing takes it (notFound).',
      ),
    )
    .exactOptional(),
  status: wholeNumber(100, 599)
    .meta(
      about(
        "Status of the answer. Beside outcome route, backend or backends it is the backend's own, which only --live can tell.",
      ),
    )
    .exactOptional(),
  app: text({
    pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    max: 127,
    message: 'is not the name of an AppTraffic',
    fix: 'write NAMESPACE/NAME',
  })
    .meta(about('Whose request it is: namespace/name of the AppTraffic.'))
    .exactOptional(),
  route: labelName
    .meta(about('Name of the route that takes the request; default is the name where an app has no routes.'))
    .exactOptional(),
  backend: labelName.meta(about('The backend that gets every such request.')).exactOptional(),
  backends: weights.meta(about('Share of each backend in percent; one that is left out gets none.')).exactOptional(),
  path: text({
    pattern: /^\/[!->@-~]*$/,
    max: 8192,
    message: 'is not a path',
    fix: 'begin with /, without the query; printable ASCII without spaces',
  })
    .meta(about('Path as the backend sees it, without the query.'))
    .exactOptional(),
  host: text({
    pattern: /^[!-~]+$/,
    max: 259,
    message: 'is not a host',
    fix: 'write the Host header that the backend sees, with the port where it has one',
  })
    .meta(about('Host header as the backend sees it.'))
    .exactOptional(),
  requestHeaders: stringMap(text(headerValueForm), { keys: headerNameForm, most: 64 })
    .meta(
      about(
        "Headers as the backend sees them, by name: those that the route sets, else the client's own. Of a repeated header one value must be equal.",
      ),
    )
    .exactOptional(),
  location: text({
    pattern: /^[!-~]+$/,
    max: 8192,
    message: 'is not a location',
    fix: 'write the Location header of the answer, a whole URL of printable ASCII',
  })
    .meta(about('Where a redirect leads: the Location header of the answer.'))
    .exactOptional(),
  retries: z
    .strictObject({
      attempts: wholeNumber(0, 10).meta(about('Number of tries after the first; 0: none.')).exactOptional(),
      perTry: duration.meta(about('Time limit of one try.')).exactOptional(),
      backoff: duration.meta(about('Pause before the first retry.')).exactOptional(),
      retryOn: z.array(labelName).min(1).max(16).meta(about('What is tried again, in any order.')).exactOptional(),
    })
    .meta(about('How the request is tried again.'))
    .exactOptional(),
  timeout: duration.meta(about('Time limit of the request, all tries together.')).exactOptional(),
});

/** Everything that a case can expect. */
export const expectationFields = withChecks(shape, [
  {
    message: 'nothing is expected, so the case could never fail',
    fix: 'write outcome, status, backend or another expectation',
    faults: (expect) => unless(Object.keys(expect).length > 0),
  },
  {
    message: 'backend and backends are both given',
    fix: 'keep one of them; backend: NAME is backends: {NAME: 100}',
    faults: ({ backend, backends }) => (backend !== undefined && backends !== undefined ? [['backend']] : []),
  },
]);

/** The expectations of a case, as written. */
export type ExpectationFields = z.output<typeof expectationFields>;
