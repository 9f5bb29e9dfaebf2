/** Which pods an app is, and who they are to others. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { objectName } from '../../schema/names.ts';
import { labelSelector } from '../../schema/string-map.ts';

/** The pods and the identity of the app. */
export const app = z.strictObject({
  selector: labelSelector
    .meta(
      about('Labels that all pods of the app carry.', {
        absent: "the platform's selector label (app) with the name of this object",
        becomes: 'Service.spec.selector',
      }),
    )
    .exactOptional(),
  serviceAccount: objectName
    .meta(
      about("ServiceAccount of the pods: the identity that other apps' allow lists resolve to.", {
        absent: 'the name of this object',
        becomes: 'AuthorizationPolicy.spec.rules[].from[].source.serviceAccounts of the apps that allow this one',
      }),
    )
    .exactOptional(),
});
