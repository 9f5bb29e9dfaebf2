/** Dry run: an AuthorizationPolicy that is evaluated, and told of in logs and statistics, but refuses nobody. */
import type { Manifest } from './manifest.ts';

/** The annotation that says so (istio.io/api/annotation, IoIstioDryRun). */
export const dryRunAnnotation = 'istio.io/dry-run';

/** What Go's strconv.ParseBool takes for true, with which Istio reads the annotation. */
const trueTexts: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** Whether the policy only says what it would do. */
export function isDryRun({ metadata }: Pick<Manifest, 'metadata'>): boolean {
  return trueTexts.includes(metadata.annotations?.[dryRunAnnotation] ?? '');
}

/** The policy as one that refuses. */
export function withoutDryRun(manifest: Manifest): Manifest {
  const { annotations = {}, ...metadata } = manifest.metadata;
  const { [dryRunAnnotation]: _, ...others } = annotations;
  return {
    ...manifest,
    metadata: { ...metadata, ...(Object.keys(others).length === 0 ? {} : { annotations: others }) },
  };
}

/** The annotations of a kind by which an object means something else although its spec stays as it is. */
export function meaningfulAnnotations(kind: string): readonly string[] {
  return kind === 'AuthorizationPolicy' ? [dryRunAnnotation] : [];
}
