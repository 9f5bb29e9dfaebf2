/** Faults that are injected on purpose, to see how callers take them. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { duration } from '../../schema/duration.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { text, wholeNumber } from '../../schema/text.ts';

const month31 = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const month30 = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const day = `(?:20[0-9]{2}-(?:${month31}|${month30}|02-(?:0[1-9]|1[0-9]|2[0-8]))|20(?:[02468][048]|[13579][26])-02-29)`;

/** A moment of this century, in UTC. */
const moment = text({
  pattern: new RegExp(`^${day}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$`),
  max: 25,
  message: 'is not a time in UTC',
  fix: 'write it as in "2026-12-31T00:00:00Z", with quotes',
});

const percent = wholeNumber(1, 100);

/** What fails, how often and until when. */
export const fault = withRules(
  z.strictObject({
    delay: duration
      .meta(
        about('How long requests are held back before anything else happens, as a duration; no timeout covers it.', {
          becomes: 'VirtualService.spec.http[].fault.delay.fixedDelay',
        }),
      )
      .exactOptional(),
    delayPercent: percent
      .meta(
        about('Share of the requests that are delayed, in whole percents.', {
          absent: '100',
          becomes: 'VirtualService.spec.http[].fault.delay.percentage',
        }),
      )
      .exactOptional(),
    abort: wholeNumber(400, 599)
      .meta(
        about('Status code that requests are answered with in the place of a backend; it is not retried.', {
          becomes: 'VirtualService.spec.http[].fault.abort.httpStatus',
        }),
      )
      .exactOptional(),
    abortPercent: percent
      .meta(
        about('Share of the requests that are aborted, in whole percents; drawn apart from delays.', {
          absent: '100',
          becomes: 'VirtualService.spec.http[].fault.abort.percentage',
        }),
      )
      .exactOptional(),
    until: moment
      .meta(about('When it ends by itself, RFC 3339 in UTC; a Warning says so from then on.', { absent: 'never' }))
      .exactOptional(),
  }),
  [
    {
      message: 'the fault does nothing',
      fix: 'give delay, abort or both',
      cel: 'has(self.delay) || has(self.abort)',
      faults: ({ delay, abort }) => unless(delay !== undefined || abort !== undefined),
    },
    {
      message: 'delayPercent has no delay',
      fix: 'add delay, or remove delayPercent',
      cel: '!has(self.delayPercent) || has(self.delay)',
      faults: ({ delay, delayPercent }) =>
        delayPercent === undefined || delay !== undefined ? [] : [['delayPercent']],
    },
    {
      message: 'abortPercent has no abort',
      fix: 'add abort, or remove abortPercent',
      cel: '!has(self.abortPercent) || has(self.abort)',
      faults: ({ abort, abortPercent }) =>
        abortPercent === undefined || abort !== undefined ? [] : [['abortPercent']],
    },
  ],
);
