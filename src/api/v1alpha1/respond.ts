/** An answer that a route gives by itself, without any backend. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { celMatches, unless, withRules } from '../../schema/rule.ts';
import { wholeNumber } from '../../schema/text.ts';

const longestBody = 4096;
/** Everything but control characters; line ends and tabs are none here. */
const writable = /^(?:\P{Cc}|[\t\n\r])*$/u;
const bodiless: readonly number[] = [204, 205, 304];
const redirecting: readonly number[] = [301, 302, 303, 307, 308];

/** Counted in characters as the API server counts them: one beyond the Basic Multilingual Plane is one. */
const body = withRules(z.string(), [
  {
    message: 'is too long',
    fix: `write at most ${longestBody} characters, or lead the route to a Service that answers`,
    keywords: { maxLength: longestBody },
    faults: (value) => unless(Array.from(value).length <= longestBody),
  },
  {
    message: 'holds a control character',
    fix: 'use text, line ends and tabs',
    cel: celMatches('self', writable),
    faults: (value) => unless(writable.test(value)),
  },
]);

/** A fixed answer. */
export const respond = withRules(
  z.strictObject({
    status: wholeNumber(200, 599).meta(
      about('Status code of the answer, 200 to 599.', { becomes: 'VirtualService.spec.http[].directResponse.status' }),
    ),
    body: body
      .meta(
        about('Body of the answer, sent as text/plain in UTF-8, as it is written here.', {
          absent: 'no body',
          becomes: 'VirtualService.spec.http[].directResponse.body.string',
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'an answer with this status has no body',
      fix: 'remove body, or use another status',
      cel: `!has(self.body) || !(self.status in [${bodiless.join(', ')}])`,
      faults: ({ status, body: given }) => (given !== undefined && bodiless.includes(status) ? [['body']] : []),
    },
    {
      message: 'a redirect needs a place to lead to',
      fix: 'use redirect, or another status',
      cel: `!(self.status in [${redirecting.join(', ')}])`,
      faults: ({ status }) => (redirecting.includes(status) ? [['status']] : []),
    },
  ],
);
