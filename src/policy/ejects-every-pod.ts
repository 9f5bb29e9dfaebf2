/** AT0312: circuit breaking that may leave no pod. Istio switches off Envoy's panic mode, in which all pods are used again (destinationrule minHealthPercent, default 0). */
import type { Policy } from './policy.ts';

const everyPod = 100;

/** A Warning where the app's own `eject` may leave out every pod; what the platform gives to all is its decision. */
export const ejectsEveryPod: Policy = ({ connections }) => {
  const { eject } = connections.given;
  if (eject?.value.maxPercent !== everyPod) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0312',
        field: eject.at,
        message: 'all pods may be left out at once, and every request is then answered with 503',
        fix: 'set maxPercent below 100, so that some pods are always asked',
      },
    ],
  };
};
