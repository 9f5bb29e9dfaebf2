/** AT0603, AT0604: `allow` names callers by their identity, which only mutual TLS proves. */
import type { Policy } from './policy.ts';

/** Refuses `allow` with mode Disable; warns with Permissive, where plaintext callers have no identity and `allow` refuses them. */
export const allowNeedsMtls: Policy = ({ internal }) => {
  const { allow, mtls, audit } = internal ?? {};
  if (allow === undefined || mtls === undefined || mtls.mode === 'Strict') return { problems: [] };
  if (mtls.mode === 'Disable') {
    return {
      problems: [
        {
          code: 'AT0603',
          field: allow.at,
          message: 'allow needs callers with an identity, but mtls.mode is Disable',
          fix: 'set mtls.mode to Strict, or remove allow',
        },
      ],
    };
  }
  if (audit !== undefined) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0604',
        field: allow.at,
        message: 'with mtls.mode Permissive, callers that speak plaintext have no identity and allow refuses them',
        fix: 'set mtls.mode to Strict once every caller is in the mesh',
      },
    ],
  };
};
