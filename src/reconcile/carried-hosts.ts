/** Which hosts live objects carry for requests from outside, and with what. */
import { keyText } from '../kube/object-key.ts';
import { edgesOf } from '../plan/edge.ts';
import type { Extract } from '../plan/extract.ts';
import type { LiveChild } from '../plan/live-child.ts';

/** Normalized hosts, without the spelling with a trailing dot; none for other kinds, and for routes inside the mesh. */
export function carriedHosts(extract: Extract): readonly string[] {
  if (extract.kind === 'Ingress') return extract.hosts;
  if (extract.kind !== 'VirtualService' || extract.gateways.includes('mesh')) return [];
  return extract.hosts.filter((host) => !host.endsWith('.'));
}

/** By host, a text that differs when edge or routes of one of the objects there do. */
export function carriedBy(objects: readonly Pick<LiveChild, 'key' | 'extract'>[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const sorted = objects
    .map((object) => ({ ...object, name: keyText(object.key) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { key, extract } of sorted) {
    for (const host of carriedHosts(extract)) {
      const text = JSON.stringify([edgesOf(key, extract), takenBy(extract, host)]);
      texts.set(host, `${texts.get(host) ?? ''}${text}`);
    }
  }
  return texts;
}

/** Which requests for the host the object takes. */
function takenBy(extract: Extract, host: string): readonly unknown[] {
  if (extract.kind === 'VirtualService') return extract.routes.map(({ name, match }) => [name, match]);
  if (extract.kind !== 'Ingress') return [];
  return extract.paths.flatMap((one) => (one.host === host ? [[one.path, one.pathType]] : []));
}
