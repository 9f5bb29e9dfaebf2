/** OperatorSettings: the platform team's decisions for all apps, read by operator and CLI alike; the only source of its field reference. */
import { z } from 'zod';
import { about } from '../schema/describe.ts';
import { duration } from '../schema/duration.ts';
import { resilience } from '../schema/resilience.ts';
import { qualifiedName } from '../schema/string-map.ts';
import { text } from '../schema/text.ts';
import { certManager } from './cert-manager.ts';
import { featureGates } from './feature-gates.ts';
import { gateways } from './gateway.ts';
import { calls } from './calls.ts';
import { backends, hosts, secrets } from './grants.ts';
import { ingressClasses } from './ingress-class.ts';
import { probes } from './probes.ts';

/** Group and version, as in `apiVersion`. */
export const settingsApiVersion = 'config.apptraffic.dev/v1alpha1';
/** Kind of the document. */
export const settingsKind = 'OperatorSettings';

const domain = text({
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/,
  max: 253,
  message: 'is not a domain',
  fix: 'write a lower-case DNS name without a trailing dot, as in cluster.local',
});

const providerName = text({
  pattern: /^[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?$/,
  max: 253,
  message: 'is not the name of a provider',
  fix: 'write the name of an entry of extensionProviders in MeshConfig',
});

/** Istio takes no other names for these (pilot/pkg/security/authz/builder, validateProviderName). */
const authProvider = text({
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  max: 63,
  message: 'is not the name of a provider',
  fix: 'write the name of an entry of extensionProviders in MeshConfig, of lower-case letters, digits and dashes',
});

/** The whole document. */
export const operatorSettings = z
  .strictObject({
    apiVersion: z.literal(settingsApiVersion).meta(about(`The API and its version: ${settingsApiVersion}.`)),
    kind: z.literal(settingsKind).meta(about(`The kind of document: ${settingsKind}.`)),
    provider: z
      .enum(['Istio', 'Ingress'])
      .meta(about('What serves the hosts of apps that say nothing else.', { absent: 'Istio' }))
      .exactOptional(),
    gateways: gateways
      .meta(
        about('Gateway workloads that apps may use; a named Gateway that is not listed is refused.', {
          absent:
            'one entry without a name: namespace istio-system, selector istio: ingressgateway, serviceAccount istio-ingressgateway-service-account',
        }),
      )
      .exactOptional(),
    ingressClasses: ingressClasses
      .meta(about('What is known of IngressClasses beyond the objects themselves.', { absent: 'nothing' }))
      .exactOptional(),
    hosts: hosts.meta(about('Which namespace may serve which host.', { absent: 'policy FirstCome' })).exactOptional(),
    backends: backends
      .meta(about('Which Services of other namespaces apps may use.', { absent: 'none' }))
      .exactOptional(),
    secrets: secrets
      .meta(about('Which TLS Secrets apps may name.', { absent: 'those with their prefix' }))
      .exactOptional(),
    certManager: certManager
      .meta(
        about('Which issuers of cert-manager apps may use, where the gate CertManager is open.', { absent: 'none' }),
      )
      .exactOptional(),
    service: z
      .strictObject({
        allowedAnnotations: z
          .array(text(qualifiedName))
          .max(256)
          .meta(about('Annotation keys that apps may set under service.annotations.', { absent: 'none' }))
          .exactOptional(),
      })
      .meta(about('What apps may say of their Service.', { absent: 'no annotations' }))
      .exactOptional(),
    resilience: resilience
      .meta(
        about(
          'Defaults for the routes and backends of all apps, where Istio serves them; each field of spec.resilience that an app gives replaces the one here.',
          { absent: "the provider's own" },
        ),
      )
      .exactOptional(),
    telemetry: z
      .strictObject({
        accessLogProvider: providerName
          .meta(about('Provider (MeshConfig.extensionProviders) that access logs of apps go to.', { absent: 'envoy' }))
          .exactOptional(),
        tracingProvider: providerName
          .meta(
            about('Provider (MeshConfig.extensionProviders) that traces of apps go to.', {
              absent: "the mesh's default provider; without one nothing is traced",
            }),
          )
          .exactOptional(),
      })
      .meta(about('Where what spec.observability asks for goes.', { absent: 'access logs to envoy' }))
      .exactOptional(),
    calls: calls
      .meta(about('What holds for every app with spec.internal.calls.', { absent: 'nothing' }))
      .exactOptional(),
    probes: probes
      .meta(
        about('How the operator sends what spec.external.probe asks for.', {
          absent: 'every 60s, to public addresses alone',
        }),
      )
      .exactOptional(),
    auth: z
      .strictObject({
        externalProviders: z
          .array(authProvider)
          .min(1)
          .max(64)
          .meta(
            about(
              'Providers of external authorization (MeshConfig.extensionProviders, envoyExtAuthzHttp or envoyExtAuthzGrpc) that apps may name in external.auth.external.',
              { absent: 'none' },
            ),
          )
          .exactOptional(),
      })
      .meta(about('Whom apps may have asked about requests.', { absent: 'nobody' }))
      .exactOptional(),
    featureGates: featureGates
      .meta(about('What apps may ask for that needs more of the platform than the rest.', { absent: 'nothing of it' }))
      .exactOptional(),
    selectorLabel: z
      .enum(['app', 'app.kubernetes.io/name'])
      .meta(about("Label that pods carry with the app's name, where an app gives no selector.", { absent: 'app' }))
      .exactOptional(),
    trustDomain: domain
      .meta(about("The mesh's trust domain (MeshConfig.trustDomain).", { absent: 'cluster.local' }))
      .exactOptional(),
    clusterDomain: domain
      .meta(about("The cluster's DNS domain, which Service names end in.", { absent: 'cluster.local' }))
      .exactOptional(),
    settle: duration
      .meta(about('Wait between phases of a change, so that every proxy has heard of the first.', { absent: '1s' }))
      .exactOptional(),
    drainPeriod: duration
      .meta(
        about(
          'How long the old edge objects stay beside the new ones after a move to another provider, gateway or class.',
          {
            absent: '30s',
          },
        ),
      )
      .exactOptional(),
  })
  .meta(about("The platform team's decisions for all apps."));

/** The document as written, before defaults. */
export type OperatorSettings = z.output<typeof operatorSettings>;
