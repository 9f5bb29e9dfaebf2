/** Targets: whom a request asks, by its host. */
import type { ServedModel } from '../model/profile.ts';
import { readAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import { heldHost } from './held-host.ts';
import type { HeldHost } from './held-host.ts';
import { serviceAt } from './internal.ts';
import type { Question } from './question.ts';

/** A host that is or might be served outside; the Service of an app; or the name of a Service that no app has. */
export type Target =
  | { readonly is: 'Host'; readonly held: HeldHost }
  | { readonly is: 'Service'; readonly own: ServedModel }
  | { readonly is: 'UnknownService' };

/**
 * Whom the request asks. A host that an app holds outside is asked for through what serves it there, whoever asks; any
 * other name is that of a Service.
 */
export function targetOf(question: Question): Target {
  return targetAt(question, readAuthority(question.request.authority));
}

/** Whom the caller asks under this name. */
export function targetAt(question: Omit<Question, 'request'>, asked: Authority): Target {
  const held = heldHost(question.apps, asked);
  const own = held.holders.length === 0 && held.notes.length === 0 ? serviceAt(question, asked) : undefined;
  if (own !== undefined) return { is: 'Service', own };
  return isInCluster(asked, question) ? { is: 'UnknownService' } : { is: 'Host', held };
}

/** Names that no DNS outside the cluster knows. */
function isInCluster({ host }: Authority, { platform }: Pick<Question, 'platform'>): boolean {
  return /^[a-z0-9-]+$/.test(host) || host.endsWith('.svc') || host.endsWith(`.svc.${platform.clusterDomain}`);
}
