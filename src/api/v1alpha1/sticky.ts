/** Sticky splits: a visitor keeps the backend that he got first. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { cookieName } from '../../schema/cookie-name.ts';
import { duration } from '../../schema/duration.ts';

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
