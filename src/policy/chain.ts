/** The policies, in the order in which they run; each one judges the whole spec, so that all problems are told at once. */
import { allowNeedsMtls } from './allow-needs-mtls.ts';
import { auditedAllow } from './audited-allow.ts';
import { answeredToAll } from './answered-to-all.ts';
import { authProvider } from './auth-provider.ts';
import { backendDenies } from './backend-denies.ts';
import { backendGrants } from './backend-grants.ts';
import { backendHosts } from './backend-hosts.ts';
import { backendServices } from './backend-services.ts';
import { calledApps } from './called-apps.ts';
import { clientCertificates } from './client-certificates.ts';
import { controllerInMesh } from './controller-in-mesh.ts';
import { ejectsEveryPod } from './ejects-every-pod.ts';
import { endlessFaults } from './endless-faults.ts';
import { existingService } from './existing-service.ts';
import { expiredFaults } from './expired-faults.ts';
import { failoverNeedsEjection } from './failover-needs-ejection.ts';
import { featureGates } from './feature-gates.ts';
import { gatewayPorts } from './gateway-ports.ts';
import { gatewayReference } from './gateway-reference.ts';
import { hosts } from './hosts.ts';
import { httpsRedirect } from './https-redirect.ts';
import { ingressClass } from './ingress-class.ts';
import { issuerGrants } from './issuer-grants.ts';
import { meshMembership } from './mesh-membership.ts';
import type { Policy } from './policy.ts';
import { providersListed } from './providers-listed.ts';
import { repeatedWrites } from './repeated-writes.ts';
import { retriesWithoutTime } from './retries-without-time.ts';
import { rewrittenPaths } from './rewritten-paths.ts';
import { selectorConflict } from './selector-conflict.ts';
import { serviceAnnotations } from './service-annotations.ts';
import { serviceName } from './service-name.ts';
import { shadowedRoutes } from './shadowed-routes.ts';
import { editedTokens } from './edited-tokens.ts';
import { tlsSecret } from './tls-secret.ts';
import { unusedParts } from './unused-parts.ts';

/** Every policy. A new rule is a file and a row here. */
export const policies: readonly Policy[] = [
  serviceAnnotations,
  serviceName,
  existingService,
  selectorConflict,
  backendGrants,
  backendHosts,
  backendServices,
  featureGates,
  gatewayReference,
  gatewayPorts,
  ingressClass,
  tlsSecret,
  issuerGrants,
  clientCertificates,
  authProvider,
  editedTokens,
  httpsRedirect,
  hosts,
  rewrittenPaths,
  shadowedRoutes,
  answeredToAll,
  expiredFaults,
  endlessFaults,
  unusedParts,
  retriesWithoutTime,
  repeatedWrites,
  ejectsEveryPod,
  failoverNeedsEjection,
  meshMembership,
  allowNeedsMtls,
  auditedAllow,
  backendDenies,
  calledApps,
  providersListed,
  controllerInMesh,
];
