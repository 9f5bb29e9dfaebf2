/** `calls`: what sidecars of apps with `internal.calls` know beside what the apps list. */
import { z } from 'zod';
import { about } from '../schema/describe.ts';
import { labelName, serviceName } from '../schema/names.ts';
import { withChecks } from '../schema/rule.ts';

/** `calls`. */
export const calls = z.strictObject({
  always: withChecks(
    z
      .array(
        z.strictObject({
          namespace: labelName.meta(about('Namespace of the Service.')),
          service: serviceName.meta(about('Name of the Service.')),
        }),
      )
      .max(64),
    [
      {
        message: 'a Service is listed twice',
        fix: 'list every Service once',
        faults: (list) => {
          const names = list.map(({ namespace, service }) => `${namespace}/${service}`);
          return names.flatMap((name, at) => (names.indexOf(name) < at ? [[at]] : []));
        },
      },
    ],
  )
    .meta(
      about(
        'Services that the pods of every app may call: those that sidecars themselves send to (the collectors behind providers of MeshConfig.extensionProviders), and what no pod does without.',
        { absent: 'none, and apps with calls are not traced (AT0609)' },
      ),
    )
    .exactOptional(),
});
