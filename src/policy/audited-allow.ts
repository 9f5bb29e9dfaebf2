/** AT0606: an app that shows a list of callers, and lets everybody in. */
import type { Policy } from './policy.ts';

/** A Warning as long as `allow` is only audited. */
export const auditedAllow: Policy = ({ internal }) => {
  const { audit } = internal ?? {};
  if (audit === undefined) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0606',
        field: audit.at,
        message: 'allow refuses nobody: enforcement is Audit, and sidecars only log whom it would refuse',
        fix: 'set enforcement to Enforce, or remove it, once nobody is logged who should be let in',
      },
    ],
  };
};
