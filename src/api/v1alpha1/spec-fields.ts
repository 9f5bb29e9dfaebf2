/** The fields of a spec, each with its own rules; the rules between them are in spec-rules.ts. */
import { z } from 'zod';
import { app } from './app.ts';
import { backends, split } from './backend.ts';
import { about } from '../../schema/describe.ts';
import { external } from './external.ts';
import { internal } from './internal.ts';
import { observability } from './observability.ts';
import { ports } from './ports.ts';
import { resilience } from '../../schema/resilience.ts';
import { service } from './service.ts';
import { sticky } from './sticky.ts';
import { portNumber } from '../../schema/text.ts';

const lifecycle = z.strictObject({
  paused: z
    .boolean()
    .meta(about('Whether the operator leaves all objects of this app as they are.', { absent: 'false' }))
    .exactOptional(),
  mode: z
    .enum(['Apply', 'Preview'])
    .meta(
      about(
        'Apply: what the spec becomes is written. Preview: nothing is written; status tells which objects would be created, changed and deleted.',
        { absent: 'Apply' },
      ),
    )
    .exactOptional(),
  deletion: z
    .enum(['Delete', 'Orphan'])
    .meta(
      about(
        'What becomes of the objects of this one when it is deleted. Delete: they are deleted with it. Orphan: they stay as they are and serve on, without our labels and owner references; a finalizer sees to it. Holds once Ready speaks of it.',
        { absent: 'Delete' },
      ),
    )
    .exactOptional(),
  adopt: z
    .enum(['Never', 'Matching'])
    .meta(
      about(
        'What becomes of an object that is there already under the name of one of these. Never: it is left alone. Matching: one that nobody controls or manages, and that is as this one would make it, is taken over, and from then on deleted with this one.',
        { absent: 'Never' },
      ),
    )
    .exactOptional(),
});

/** Every field of a spec. */
export const specFields = z.strictObject({
  port: portNumber
    .meta(
      about(
        'Container port of the one http port; the Service gets port 80 named http, a Headless one and an ExternalName this port. Exclusive with ports.',
        {
          becomes: 'Service.spec.ports[].targetPort',
        },
      ),
    )
    .exactOptional(),
  ports: ports
    .meta(about('All ports of the Service. Exclusive with port.', { becomes: 'Service.spec.ports' }))
    .exactOptional(),
  app: app.meta(about('Which pods the app is, and their identity.')).exactOptional(),
  service: service
    .meta(about("How the app's Service is made.", { absent: 'a ClusterIP Service named as this object' }))
    .exactOptional(),
  backends: backends
    .meta(
      about('Where requests can go, by name; app (all selected pods) always exists.', {
        absent: 'only app',
        becomes: 'DestinationRule.spec.subsets',
      }),
    )
    .exactOptional(),
  split: split
    .meta(
      about('Shares of backends for routes that say nothing else, in whole percents that add up to 100.', {
        absent: 'all requests to app',
        becomes: 'VirtualService.spec.http[].route[].weight',
      }),
    )
    .exactOptional(),
  sticky: sticky
    .meta(
      about('A visitor keeps the backend that he first got of a split; holds for every split of the app.', {
        absent: 'every request is drawn anew',
      }),
    )
    .exactOptional(),
  weightsManagedBy: z
    .enum(['AppTraffic', 'ArgoRollouts'])
    .meta(
      about(
        'Who moves the weights of splits. ArgoRollouts: the weights that are live stay as they are, and so do the labels rollouts-pod-template-hash of subsets; what spec says holds for routes that are new.',
        {
          absent: 'AppTraffic',
          becomes: 'VirtualService.spec.http[].route[].weight, DestinationRule.spec.subsets[].labels',
        },
      ),
    )
    .exactOptional(),
  external: external
    .meta(about('How the outside reaches the app.', { absent: 'the outside does not reach it' }))
    .exactOptional(),
  internal: internal
    .meta(
      about('Who inside the mesh may call the app, what it may call, and how calls inside are routed.', {
        absent: "the mesh's own defaults",
      }),
    )
    .exactOptional(),
  resilience: resilience
    .meta(
      about('Defaults for every route and backend, each of which a route may override.', {
        absent: "the platform's, else the provider's own",
      }),
    )
    .exactOptional(),
  observability: observability
    .meta(
      about("What the sidecars of the app's pods log and trace; Istio's, whatever serves external.", {
        absent: "the mesh's own",
        becomes: 'Telemetry.spec',
      }),
    )
    .exactOptional(),
  lifecycle: lifecycle.meta(about('How the operator treats this object.')).exactOptional(),
});

/** The fields of a spec before the rules between them are known to hold. */
export type SpecFields = z.output<typeof specFields>;
