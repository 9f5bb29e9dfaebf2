/** AT0103: annotations of the Service are limited to the platform's allow-list. */
import type { Policy } from './policy.ts';

/** One problem for each annotation key that the platform does not allow. */
export const serviceAnnotations: Policy = ({ service }, { platform }) => {
  const allowed = platform.service.allowedAnnotations;
  const refused = Object.keys(service.annotations).filter((key) => !allowed.includes(key));
  return {
    problems: refused.sort().map((key) => ({
      code: 'AT0103',
      field: service.at,
      message: `the annotation ${key} is not on the platform's allow-list`,
      fix:
        allowed.length === 0
          ? 'remove it: the platform allows no annotations'
          : `remove it, or use one of ${[...allowed].sort().join(', ')}`,
    })),
  };
};
