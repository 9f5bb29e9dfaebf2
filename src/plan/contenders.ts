/** Who keeps a child from being as desired: the managers that hold what differs. */
import { managersOf } from '../kube/managed-fields.ts';
import type { FieldStep } from '../kube/managed-fields.ts';
import type { Manifest } from '../kube/manifest.ts';
import { compareText } from '../kube/object-key.ts';
import { specFindings } from './difference.ts';
import { desiredProjection, liveProjection } from './projection.ts';

/** Field managers other than the operator, sorted; none where what differs was removed, or changed by an admission webhook. */
export function contenders(desired: Manifest, live: Manifest): readonly string[] {
  const { fields, ports } = specFindings(desired, live);
  const places = [...fields.map(({ steps }) => steps), ...ports.findings.map(({ steps }) => steps)];
  const managers = [...places, ...labelPlaces(desired, live)].flatMap((steps) => managersOf(live.metadata, steps));
  return [...new Set(managers)].sort(compareText);
}

/** Our labels that somebody else holds now. */
function labelPlaces(desired: Manifest, live: Manifest): readonly (readonly FieldStep[])[] {
  const [wanted, found] = [desiredProjection(desired).labels, liveProjection(live).labels];
  const lost = Object.keys(wanted).filter((label) => wanted[label] !== found[label]);
  return lost.map((label) => ['f:metadata', 'f:labels', `f:${label}`]);
}
