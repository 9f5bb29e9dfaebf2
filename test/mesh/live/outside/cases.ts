/** Every case of a request that comes from outside. */
import type { LiveCase } from '../live-case.ts';
import { answerCases } from '../routes/answers.ts';
import { conditionCases } from '../routes/conditions.ts';
import { faultCases } from '../routes/fault.ts';
import { headerCases } from '../routes/headers.ts';
import { matchingCases } from '../routes/matching.ts';
import { mirrorCases } from '../routes/mirror.ts';
import { outsideDefaults } from '../routes/resilience-defaults.ts';
import { resilienceCases } from '../routes/resilience.ts';
import { outside } from '../routes/side.ts';
import { stickyCases } from '../routes/sticky.ts';
import { websocketCases } from '../routes/websocket.ts';
import { backendCases } from './backends.ts';
import { bodyCases } from './bodies.ts';
import { clientCertificateCases } from './client-certificates.ts';
import { connectionCases } from './connections.ts';
import { balancingCases } from './balancing.ts';
import { corsCases } from './cors.ts';
import { entryCases } from './entry.ts';
import { ejectionCases } from './ejection.ts';
import { elsewhereCases } from './elsewhere.ts';
import { grpcCases } from './grpc.ts';
import { hostCases } from './hosts.ts';
import { issuerCases } from './issuer.ts';
import { lifecycleCases } from './lifecycle.ts';
import { portCases } from './ports.ts';
import { probeCases } from './probe.ts';
import { rateCases } from './rates.ts';
import { rolloutCases } from './rollouts.ts';
import { sharingCases } from './sharing.ts';
import { tcpCases } from './tcp.ts';
import { tlsCases } from './tls.ts';

/** In the order in which they run. */
export const outsideCases: readonly LiveCase[] = [
  ...hostCases,
  ...matchingCases(outside),
  ...conditionCases(outside),
  ...answerCases(outside),
  ...headerCases(outside),
  ...corsCases,
  ...bodyCases,
  ...entryCases,
  ...rateCases,
  ...tlsCases,
  ...clientCertificateCases,
  ...issuerCases,
  ...backendCases,
  ...elsewhereCases,
  ...mirrorCases(outside),
  ...stickyCases(outside),
  ...websocketCases(outside),
  ...faultCases(outside),
  ...resilienceCases(outside),
  ...outsideDefaults,
  ...connectionCases,
  ...ejectionCases,
  ...balancingCases,
  ...portCases,
  ...grpcCases,
  ...sharingCases,
  ...rolloutCases,
  ...tcpCases,
  ...lifecycleCases,
  ...probeCases,
];
