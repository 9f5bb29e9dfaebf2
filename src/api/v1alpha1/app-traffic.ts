/** The AppTraffic object: the only source of its CRD, JSON Schema, field reference and types. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { dns1035Label } from '../../schema/names.ts';
import { celMatches, withRules } from '../../schema/rule.ts';
import { specFields } from './spec-fields.ts';
import { specRules } from './spec-rules.ts';
import { status } from './status.ts';

/** Group and version, as in `apiVersion`. */
export const apiVersion = 'apptraffic.dev/v1alpha1';
/** Kind of the object. */
export const kind = 'AppTraffic';

const stringRecord = z.record(z.string(), z.string());

/** meta/v1 ObjectMeta; the API server checks everything in it but the rule on the name itself. */
const metadata = z.strictObject({
  name: z.string().meta({ pattern: dns1035Label.pattern.source }),
  generateName: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  generation: z.number().exactOptional(),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  deletionGracePeriodSeconds: z.number().exactOptional(),
  selfLink: z.string().exactOptional(),
  labels: stringRecord.exactOptional(),
  annotations: stringRecord.exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
  ownerReferences: z
    .array(
      z.strictObject({
        apiVersion: z.string(),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().exactOptional(),
        blockOwnerDeletion: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
  managedFields: z.array(z.unknown()).exactOptional(),
});

const spec = withRules(specFields, specRules);

const nameIsLabel = (name: string): boolean => name.length <= dns1035Label.max && dns1035Label.pattern.test(name);

/** The whole object. */
export const appTraffic = withRules(
  z.strictObject({
    apiVersion: z.literal(apiVersion).meta(about(`The API and its version: ${apiVersion}.`)),
    kind: z.literal(kind).meta(about(`The kind of object: ${kind}.`)),
    metadata: metadata.meta(about('Name, namespace, labels and the like; the name is a DNS-1035 label.')),
    spec: spec.meta(about('What is wanted.')),
    status: status
      .meta({ ...about('What is; written by the operator.'), default: { observedGeneration: -1 } })
      .exactOptional(),
  }),
  [
    {
      message: `metadata.name ${dns1035Label.message}`,
      fix: dns1035Label.fix,
      cel: `self.metadata.name.size() <= ${dns1035Label.max} && ${celMatches('self.metadata.name', dns1035Label.pattern)}`,
      faults: ({ metadata: { name } }) => (nameIsLabel(name) ? [] : [['metadata', 'name']]),
    },
  ],
).meta(about('How the outside reaches one app, and who inside may call it.'));

/** The whole object. */
export type AppTraffic = Immutable<z.output<typeof appTraffic>>;
/** What is wanted. */
export type AppTrafficSpec = AppTraffic['spec'];
