/** What a preview says of a child that would be changed. */
import { stableText } from '../kube/hash.ts';
import { specFindings } from './difference.ts';
import type { DesiredChild } from './desired-child.ts';
import type { LiveChild } from './live-child.ts';
import { desiredProjection, liveProjection } from './projection.ts';

const most = 5;

/** The places where a live child differs from the desired one, e.g. `spec.http, spec.hosts`; lists count as one place. */
export function changedFields({ manifest }: DesiredChild, { whole }: LiveChild): string {
  if (whole === undefined) return 'it differs from the spec';
  const { fields, ports } = specFindings(manifest, whole);
  const [wanted, found] = [desiredProjection(manifest), liveProjection(whole)];
  const isLabelled = stableText({ ...wanted, spec: null }) === stableText({ ...found, spec: null });
  const places = [
    ...(isLabelled ? [] : ['metadata']),
    ...fields.map(({ pointer }) => pathOf(pointer)),
    ...(ports.findings.length > 0 || ports.patch.length > 0 ? ['spec.ports'] : []),
  ];
  const rest = places.length > most ? ` and ${places.length - most} more` : '';
  return `${places.slice(0, most).join(', ')}${rest}`;
}

function pathOf(pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}
