/** decide: what a request gets, by the contract of api.md §3 and §4; the one pure function behind explain, test and the traffic tests. */
import type { ServedModel } from '../model/profile.ts';
import { readAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import type { Decision } from './decision.ts';
import { decideExternal } from './external.ts';
import { heldHost } from './held-host.ts';
import { decideInternal, serviceAt } from './internal.ts';
import type { Question } from './question.ts';

/**
 * Decides one request. A host that an app holds outside is asked for through what serves it there, whoever asks; any
 * other name is that of a Service. The order of no list counts.
 */
export function decide(given: Question): Decision {
  const question = { ...given, apps: [...given.apps].sort(byName) };
  const asked = readAuthority(question.request.authority);
  const held = heldHost(question.apps, asked);
  const own = held.holders.length === 0 && held.notes.length === 0 ? serviceAt(question, asked) : undefined;
  if (own !== undefined) return decideInternal(question, own, asked);
  if (isInCluster(asked, question)) {
    const why = `no app's Service is called ${asked.host}${question.caller === undefined ? '' : ` in ${question.caller.namespace}`}`;
    return { outcome: 'notFound', candidates: [], why, notes: [] };
  }
  return decideExternal(question, held);
}

function byName(a: ServedModel, b: ServedModel): number {
  const nameOf = ({ traffic: { app } }: ServedModel): string => `${app.namespace}/${app.name}`;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

/** Names that no DNS outside the cluster knows. */
function isInCluster({ host }: Authority, { platform }: Question): boolean {
  return /^[a-z0-9-]+$/.test(host) || host.endsWith('.svc') || host.endsWith(`.svc.${platform.clusterDomain}`);
}
