/** Which writes make a live object as desired: an apply, a JSON patch against what others added, or both. */
import { stableText } from '../kube/hash.ts';
import type { JsonObject } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { JsonPatchOperation } from './change.ts';
import { guardsOf } from './guards.ts';
import { annotationsPlace, compareFields, specPlace } from './foreign-paths.ts';
import type { Finding } from './foreign-paths.ts';
import { desiredProjection, liveProjection } from './projection.ts';
import type { Projection } from './projection.ts';
import { comparePorts } from './service-ports.ts';
import type { PortDifference } from './service-ports.ts';

/** The writes that are needed; with both, the patch goes first. */
export type Remedy = {
  /** Something is missing, has another value, or is ours and no longer desired. */
  readonly apply: boolean;
  /** Removes what another manager added; with the guards in front. Empty: nothing to remove. */
  readonly strip: readonly JsonPatchOperation[];
};

/** What makes `live` (whole, as the API server gave it) as `desired`. */
export function remedyFor(desired: Manifest, live: Manifest): Remedy {
  const [wanted, found] = [desiredProjection(desired), liveProjection(live)];
  const { fields: inSpec, ports } = specFindings(desired, live);
  const fields = [...compareFields(wanted.annotations, found.annotations, annotationsPlace, live.metadata), ...inSpec];
  const extra = fields.filter(({ kind }) => kind === 'Extra');
  const removes: readonly JsonPatchOperation[] = extra.some(isForeign)
    ? extra.map(({ pointer }) => ({ op: 'remove', path: pointer }))
    : [];
  const patch = [...removes, ...ports.patch];
  return {
    apply:
      stableText(marksOf(wanted)) !== stableText(marksOf(found)) ||
      needsApply(fields, removes.length > 0) ||
      needsApply(ports.findings, ports.patch.length > 0),
    strip: patch.length === 0 ? [] : [...guardsOf(live.metadata), ...patch],
  };
}

/** Labels and owners: an apply brings them back, and nobody else's are looked at. */
function marksOf({ labels, ownerReferences }: Projection): Pick<Projection, 'labels' | 'ownerReferences'> {
  return { labels, ownerReferences };
}

/** Where the live spec differs; the ports of a Service apart. */
export function specFindings(
  desired: Manifest,
  live: Manifest,
): { readonly fields: readonly Finding[]; readonly ports: PortDifference } {
  const isService = desired.kind === 'Service';
  const [wanted, found] = [desiredProjection(desired).spec, liveProjection(live).spec];
  return {
    fields: compareFields(fieldsOf(wanted, isService), fieldsOf(found, isService), specPlace, live.metadata),
    ports: isService ? comparePorts(desired, live) : { findings: [], patch: [] },
  };
}

/** An apply also removes what is ours and no longer desired, unless the patch does so already. */
function needsApply(findings: readonly Finding[], patched: boolean): boolean {
  return findings.some(({ kind }) => kind === 'Lacking') || (findings.length > 0 && !patched);
}

function isForeign(finding: Finding): boolean {
  return finding.kind === 'Extra' && !finding.ours;
}

function fieldsOf(spec: JsonObject, isService: boolean): JsonObject {
  return isService ? { ...spec, ports: undefined } : spec;
}
