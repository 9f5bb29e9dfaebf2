/** Every case of a call inside the mesh. */
import type { LiveCase } from '../live-case.ts';
import { answerCases } from '../routes/answers.ts';
import { conditionCases } from '../routes/conditions.ts';
import { faultCases } from '../routes/fault.ts';
import { headerCases } from '../routes/headers.ts';
import { matchingCases } from '../routes/matching.ts';
import { mirrorCases } from '../routes/mirror.ts';
import { insideDefaults } from '../routes/resilience-defaults.ts';
import { resilienceCases } from '../routes/resilience.ts';
import { inside } from '../routes/side.ts';
import { stickyCases } from '../routes/sticky.ts';
import { websocketCases } from '../routes/websocket.ts';
import { allowCases } from './allow.ts';
import { callsCases } from './calls.ts';
import { localityCases } from './locality.ts';
import { mtlsCases } from './mtls.ts';
import { observabilityCases } from './observability.ts';
import { routeCases } from './routes.ts';

/** In the order in which they run; those that change an app come last. */
export const insideCases: readonly LiveCase[] = [
  ...mtlsCases,
  ...allowCases,
  ...callsCases,
  ...matchingCases(inside),
  ...conditionCases(inside),
  ...answerCases(inside),
  ...headerCases(inside),
  ...mirrorCases(inside),
  ...stickyCases(inside),
  ...websocketCases(inside),
  ...faultCases(inside),
  ...resilienceCases(inside),
  ...insideDefaults,
  ...routeCases,
  ...observabilityCases,
  ...localityCases,
];
