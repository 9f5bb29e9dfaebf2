/** How the answers of a real backend tell what it saw. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { labelName } from '../../schema/names.ts';
import { unless, withChecks } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';
import { headerNameForm } from '../question/read-header.ts';

const pointer = text({
  pattern: /^(?:\/(?:[^~/\p{Cc}]|~[01])*)+$/u,
  max: 1024,
  message: 'is not a JSON Pointer',
  fix: 'write /NAME/NAME… (RFC 6901)',
});

const places = {
  header: text(headerNameForm).meta(about('Name of a header of the answer.')).exactOptional(),
  json: pointer.meta(about('JSON Pointer into the body of the answer, for example /backend.')).exactOptional(),
};

type Place = { readonly header?: string | undefined; readonly json?: string | undefined };

const onePlace = {
  message: 'says not in exactly one way where the answer tells it',
  fix: 'write header: NAME or json: /POINTER',
  faults: ({ header, json }: Place) => unless((header === undefined) !== (json === undefined)),
};

/** The `live` block. */
export const liveFields = z.strictObject({
  backend: withChecks(
    z.strictObject({
      ...places,
      values: z
        .record(z.string().max(1024), labelName)
        .meta({
          ...about('Which backend each value stands for; any other value is a backend that nobody expects.', {
            absent: "the value is the backend's name",
          }),
          maxProperties: 1024,
        })
        .exactOptional(),
    }),
    [onePlace],
  )
    .meta(
      about(
        'How an answer tells which backend gave it. An answer that does not tell is taken as coming from no backend.',
        {
          absent: 'backend and backends are not judged, and outcome by the status alone',
        },
      ),
    )
    .exactOptional(),
  path: withChecks(z.strictObject(places), [onePlace])
    .meta(
      about('How an answer tells the path that the backend saw; a query is cut off.', { absent: 'path is not judged' }),
    )
    .exactOptional(),
  host: withChecks(z.strictObject(places), [onePlace])
    .meta(about('How an answer tells the Host header that the backend saw.', { absent: 'host is not judged' }))
    .exactOptional(),
  requestHeaders: z
    .strictObject({
      json: pointer.meta(
        about(
          'JSON Pointer to the headers: a map of names to a text or a list of texts, or a list of pairs of name and text.',
        ),
      ),
    })
    .meta(
      about('How an answer tells the headers that the backend saw. On Istio they also tell app and route.', {
        absent: 'requestHeaders, app and route are not judged',
      }),
    )
    .exactOptional(),
});

/** The `live` block, as written. */
export type LiveFields = z.output<typeof liveFields>;

/** Where an answer tells something: a header, or a place in its JSON body. */
export type AnswerPlace = Place;
