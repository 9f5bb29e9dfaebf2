/** `certManager`: who may have which issuer make certificates. */
import { z } from 'zod';
import { about } from '../schema/describe.ts';
import { labelName, objectName } from '../schema/names.ts';
import { withChecks } from '../schema/rule.ts';
import { listOf } from './grants.ts';

const issuer = z.strictObject({
  kind: z
    .enum(['Issuer', 'ClusterIssuer'])
    .meta(about("Kind of the issuer; an Issuer is one in the namespace of the gateway's pods.")),
  name: objectName.meta(about('Name of the issuer.')),
  namespaces: listOf(labelName)
    .meta(about('Namespaces whose apps may name it in external.tls.issuer.', { absent: 'all' }))
    .exactOptional(),
});

/** `certManager`. */
export const certManager = z.strictObject({
  issuers: withChecks(z.array(issuer).max(256), [
    {
      message: 'an issuer is listed twice',
      fix: 'list every kind and name once, with all of its namespaces',
      faults: (list) => {
        const names = list.map(({ kind, name }) => `${kind}/${name}`);
        return names.flatMap((name, at) => (names.indexOf(name) < at ? [[at]] : []));
      },
    },
  ])
    .meta(about('Issuers that apps may name in external.tls.issuer.', { absent: 'none' }))
    .exactOptional(),
});
