/** Sticky splits: a visitor keeps the backend that he got first. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { duration } from '../../schema/duration.ts';
import { text } from '../../schema/text.ts';

const cookieName = text({
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
  max: 64,
  message: 'is not the name of a cookie that can be set',
  fix: 'use letters, digits, dashes and underscores, begin and end with a letter or digit',
});

/** The cookie that remembers the backend. */
export const sticky = z.strictObject({
  cookie: cookieName.meta(
    about(
      "Name of the cookie. Its value is the backend's name, which is honoured while that backend has a share above 0.",
      {
        becomes: 'VirtualService.spec.http[].match[].headers.cookie, .route[].headers.response.add',
      },
    ),
  ),
  ttl: duration
    .meta(
      about(
        'How long the visitor keeps his backend, counted from the first answer, as a duration; in whole seconds, rounded up.',
        {
          absent: 'until he closes the browser',
        },
      ),
    )
    .exactOptional(),
});
