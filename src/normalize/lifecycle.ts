/** How the operator treats an app; every default is: as little as possible is said. */
import type { AppTrafficSpec } from '../api/v1alpha1/app-traffic.ts';
import type { Traffic } from '../model/traffic.ts';

/** What the model says of spec.lifecycle. */
export function normalizeLifecycle({ lifecycle }: AppTrafficSpec): Pick<Traffic, 'held' | 'adopts' | 'orphans'> {
  return {
    ...heldBy(lifecycle),
    ...(lifecycle?.adopt === 'Matching' ? { adopts: true } : {}),
    ...(lifecycle?.deletion === 'Orphan' ? { orphans: true } : {}),
  };
}

/** Paused says less than Preview, so it comes first. */
function heldBy(lifecycle: AppTrafficSpec['lifecycle']): Pick<Traffic, 'held'> {
  if (lifecycle?.paused === true) return { held: 'Paused' };
  return lifecycle?.mode === 'Preview' ? { held: 'Preview' } : {};
}
