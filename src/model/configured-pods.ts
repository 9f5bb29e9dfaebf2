/** Which parts of an app become objects that select its pods and speak to their sidecars. */
import type { At } from './located.ts';
import type { Traffic } from './traffic.ts';

/** Such a part: its name in the spec and its place. */
export type PodPart = { readonly name: 'internal' | 'observability'; readonly at: At };

/** Those that the app has. */
export function podParts({ internal, observability }: Pick<Traffic, 'internal' | 'observability'>): readonly PodPart[] {
  return [
    ...(internal === undefined ? [] : [{ name: 'internal' as const, at: internal.at }]),
    ...(observability === undefined ? [] : [{ name: 'observability' as const, at: observability.at }]),
  ];
}

/** Whether objects of the app select its pods: no other app may then mean the same pods. */
export function configuresPods(traffic: Pick<Traffic, 'internal' | 'observability'>): boolean {
  return podParts(traffic).length > 0;
}
