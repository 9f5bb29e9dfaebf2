/** RouteTest: requests and what is expected of them, kept in Git beside the AppTraffics; the only source of its field reference. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { withChecks } from '../../schema/rule.ts';
import { objectName } from '../../schema/names.ts';
import { text } from '../../schema/text.ts';
import { expectationFields } from './expectation-fields.ts';
import { liveFields } from './live-fields.ts';
import { requestFields } from './request-fields.ts';

/** Group and version, as in `apiVersion`. */
export const routeTestApiVersion = 'cli.apptraffic.dev/v1alpha1';
/** Kind of the document. */
export const routeTestKind = 'RouteTest';

const caseFields = z.strictObject({
  name: text({
    pattern: /^[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?$/u,
    max: 200,
    message: 'is not a title',
    fix: 'write what the case shows, in one line, without blanks at its ends',
  }).meta(about('What the case shows; unique in the document.')),
  request: requestFields.meta(about('The request.')),
  expect: expectationFields.meta(about('What is expected of it; only what is written is compared.')),
});

/** The whole document. */
export const routeTest = z
  .strictObject({
    apiVersion: z.literal(routeTestApiVersion).meta(about(`The API and its version: ${routeTestApiVersion}.`)),
    kind: z.literal(routeTestKind).meta(about(`The kind of document: ${routeTestKind}.`)),
    metadata: z
      .strictObject({ name: objectName.meta(about('Name of the document in reports.')) })
      .meta(about('Names the document.', { absent: 'reports name it by its file' }))
      .exactOptional(),
    files: z
      .array(
        text({
          pattern: /^(?!-$)[^\p{C}]+$/u,
          max: 4096,
          message: 'is not a file or folder',
          fix: "write a path that starts from the document's own folder",
        }),
      )
      .min(1)
      .max(256)
      .meta(
        about(
          "Files and folders with the AppTraffics that the cases are judged against, and with what stands beside them. Paths start from the document's own folder. Nothing else of the input counts.",
          { absent: 'everything that -f names' },
        ),
      )
      .exactOptional(),
    live: liveFields
      .meta(about('How the answers of real backends tell what they saw, for --live.', { absent: 'they tell nothing' }))
      .exactOptional(),
    cases: withChecks(z.array(caseFields).min(1).max(10_000), [
      {
        message: 'two cases have one name',
        fix: 'give every case a name of its own',
        faults: (list) => {
          const names = list.map(({ name }) => name);
          return names.flatMap((name, at) => (names.indexOf(name) < at ? [[at, 'name']] : []));
        },
      },
    ]).meta(about('The cases, in the order in which they are reported.')),
  })
  .meta(about('Requests and what is expected of them.'));

/** The document, as written. */
export type RouteTest = z.output<typeof routeTest>;

/** One case of a document. */
export type RouteCase = RouteTest['cases'][number];
