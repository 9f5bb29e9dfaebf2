/** Certificate first: a Gateway that is to serve a certificate in the making, and the routes bound to it, wait until it is there. */
import type { ObjectKey } from '../kube/object-key.ts';
import { gatewaysOf } from './dependencies.ts';
import type { DesiredChild } from './desired-child.ts';
import type { Surveyed } from './survey.ts';

/**
 * The Certificate that the child waits for; undefined: none. A Gateway that names the Secret already goes on: what it serves
 * is there, or nobody misses it. Otherwise visitors would lose the certificate that they get now, or be sent to an https that nobody answers.
 */
export function certificateBefore(child: DesiredChild, surveyed: readonly Surveyed[]): ObjectKey | undefined {
  const desired = surveyed.map((one) => one.child);
  const gateways = child.key.kind === 'Gateway' ? [child.key] : gatewaysOf(child, desired);
  const fresh = surveyed.filter((one) => gateways.includes(one.child.key)).flatMap(freshSecrets);
  const lacking = surveyed.find(
    ({ child: { extract }, live }) =>
      extract.kind === 'Certificate' &&
      fresh.includes(extract.secret) &&
      !(live?.extract.kind === 'Certificate' && live.extract.ready),
  );
  return lacking?.child.key;
}

/** Secrets that the Gateway is to serve and does not serve yet. */
function freshSecrets({ child, live }: Surveyed): readonly string[] {
  if (child.extract.kind !== 'Gateway') return [];
  const served = live?.extract.kind === 'Gateway' ? (live.extract.secrets ?? []) : [];
  return (child.extract.secrets ?? []).filter((secret) => !served.includes(secret));
}
