/** Compares the ports of two Services: a map keyed by number and protocol, the one list that several managers can fill. */
import { isJsonObject, listAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import { isAppliedAlone } from '../kube/managed-fields.ts';
import type { FieldStep } from '../kube/managed-fields.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { JsonPatchOperation } from './change.ts';
import { below, compareFields, specPlace } from './foreign-paths.ts';
import type { Finding, Place } from './foreign-paths.ts';
import { projectPort } from './projection.ts';

/** How the live ports differ: what was found, and the patch that removes what others added (empty: an apply suffices). */
export type PortDifference = { readonly findings: readonly Finding[]; readonly patch: readonly JsonPatchOperation[] };

type IndexedFinding = Finding & { readonly index: number };

/**
 * Compares the ports. Ports that others added are removed by index; where a desired port is lacking as well, the whole
 * list is replaced in one patch: an apply would be refused for two ports of one name, and a Service may not be without
 * ports in between (measured on kube-apiserver 1.36.3).
 */
export function comparePorts(desired: Manifest, live: Manifest): PortDifference {
  const [wanted, found] = [portsOf(desired), portsOf(live)];
  const lacking = wanted.filter((port) => !found.some((other) => keyOf(other) === keyOf(port)));
  const findings: readonly IndexedFinding[] = found.flatMap((port, index) =>
    comparePort(
      wanted.find((other) => keyOf(other) === keyOf(port)),
      { port, index },
      live,
    ),
  );
  const hasForeign = findings.some((finding) => finding.kind === 'Extra' && !finding.ours);
  if (hasForeign && lacking.length > 0) {
    return { findings: [], patch: [{ op: 'replace', path: '/spec/ports', value: listAt(desired.spec, 'ports') }] };
  }
  const extra = findings.filter(({ kind }) => kind === 'Extra');
  return {
    findings: [...findings, ...lacking.map(() => ({ kind: 'Lacking', ...portsPlace }) as const)],
    // From the last index on, so that removing one does not move the next.
    patch: hasForeign
      ? extra.sort((a, b) => b.index - a.index).map(({ pointer }) => ({ op: 'remove', path: pointer }))
      : [],
  };
}

/** Whether the operator alone set the live ports: then an apply with fewer of them takes the others away. */
export function holdsPortsAlone(live: Manifest): boolean {
  return portsOf(live).every((port) => isAppliedAlone(live.metadata, stepsTo(port), projectPort(port)));
}

function comparePort(
  wanted: JsonObject | undefined,
  { port, index }: { readonly port: JsonObject; readonly index: number },
  live: Manifest,
): readonly IndexedFinding[] {
  const place: Place = { pointer: `/spec/ports/${index}`, steps: stepsTo(port) };
  if (wanted === undefined) {
    const ours = isAppliedAlone(live.metadata, place.steps, projectPort(port));
    return [{ kind: 'Extra', ...place, ours, index }];
  }
  const inner = compareFields(projectPort(wanted), projectPort(port), place, live.metadata);
  return inner.map((finding) => ({ ...finding, index }));
}

const portsPlace = below(specPlace, 'ports');

function portsOf({ spec }: Manifest): readonly JsonObject[] {
  return listAt(spec, 'ports').filter(isJsonObject);
}

function stepsTo(port: JsonObject): readonly FieldStep[] {
  return ['f:spec', 'f:ports', `k:${keyOf(port)}`];
}

/** The key of a port, as managedFields writes it. */
function keyOf({ port, protocol = 'TCP' }: JsonObject): string {
  return JSON.stringify({ port, protocol });
}
