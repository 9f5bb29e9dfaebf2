/** Copies of requests, for a backend whose answers nobody sees. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { labelName } from '../../schema/names.ts';
import { wholeNumber } from '../../schema/text.ts';

/** Where copies go, and of how many requests. */
export const mirror = z.strictObject({
  to: labelName.meta(
    about('Name of the backend that gets the copies; its answers are thrown away.', {
      becomes: 'VirtualService.spec.http[].mirrors[].destination',
    }),
  ),
  percent: wholeNumber(1, 100)
    .meta(
      about('Share of the requests that are copied, in whole percents.', {
        absent: '100',
        becomes: 'VirtualService.spec.http[].mirrors[].percentage',
      }),
    )
    .exactOptional(),
});
