/** What the platform knows of its IngressClasses beyond the objects themselves. */
import { z } from 'zod';
import { about } from '../schema/describe.ts';
import { labelName, objectName } from '../schema/names.ts';
import { withChecks } from '../schema/rule.ts';
import { wholeNumber } from '../schema/text.ts';

const ingressClass = withChecks(
  z.strictObject({
    name: objectName.meta(about('Name of the IngressClass.')),
    dialect: z
      .enum(['plain', 'ingress-nginx'])
      .meta(
        about('Which annotations the controller reads; plain: none.', {
          absent: 'what spec.controller of the IngressClass says',
        }),
      )
      .exactOptional(),
    inMesh: z
      .boolean()
      .meta(
        about("Whether the controller's pods have a sidecar, so that allow lists can admit them by identity.", {
          absent: 'false',
        }),
      )
      .exactOptional(),
    namespace: labelName.meta(about("Namespace of the controller's pods; with inMesh.")).exactOptional(),
    serviceAccount: objectName.meta(about("ServiceAccount of the controller's pods; with inMesh.")).exactOptional(),
    trustedHops: wholeNumber(0, 16)
      .meta(
        about('Number of trusted proxies before the controller.', {
          absent: 'unknown, so rules on addresses are refused',
        }),
      )
      .exactOptional(),
  }),
  [
    {
      message: "a controller in the mesh is known by its pods' identity, which is incomplete here",
      fix: 'set both namespace and serviceAccount',
      faults: ({ inMesh, namespace, serviceAccount }) =>
        inMesh === true && (namespace === undefined || serviceAccount === undefined) ? [['inMesh']] : [],
    },
  ],
);

/** The IngressClasses that the platform describes; others are plain Ingress or what their controller says. */
export const ingressClasses = withChecks(z.array(ingressClass).max(256), [
  {
    message: 'an IngressClass is listed twice',
    fix: 'list every name once',
    faults: (list) => {
      const names = list.map(({ name }) => name);
      return names.flatMap((name, at) => (names.indexOf(name) < at ? [[at, 'name']] : []));
    },
  },
]);
