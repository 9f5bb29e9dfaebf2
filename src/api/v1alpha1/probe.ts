/** The probe: one request that the operator sends again and again as a client outside would. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { wholeNumber } from '../../schema/text.ts';
import { path } from './path.ts';

/** What is asked for, and what is to come back. */
export const probe = z.strictObject({
  path: path.meta(about('Path that the operator asks for with GET, without headers of its own or a query.')),
  expect: wholeNumber(200, 599)
    .meta(
      about('Status code that the answer is to have, 200 to 599; a redirect is an answer and is not followed.', {
        absent: '200',
      }),
    )
    .exactOptional(),
});
