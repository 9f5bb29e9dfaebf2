/** decide: what a request gets, by the contract of api.md §3 and §4; the one pure function behind explain, test and the traffic tests. */
import type { ServedModel } from '../model/profile.ts';
import { readAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import { outletOf } from './calls.ts';
import type { Decision } from './decision.ts';
import { decideExternal } from './external.ts';
import { decideInternal } from './internal.ts';
import type { Question } from './question.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';

/** Decides one request. The order of no list counts. */
export function decide(given: Question): Decision {
  const question = { ...given, apps: [...given.apps].sort(byName) };
  const asked = readAuthority(question.request.authority);
  const target = targetOf(question);
  const port = Number(asked.port ?? (question.request.scheme === 'http' ? 80 : 443));
  const { refusal, notes } = outletOf({ ...question, target, asked, port });
  if (refusal !== undefined) return refusal;
  const decision = answered(question, target, asked);
  return notes.length === 0 ? decision : { ...decision, notes: [...notes, ...decision.notes] };
}

function answered(question: Question, target: Target, asked: Authority): Decision {
  if (target.is === 'Host') return decideExternal(question, target.held);
  if (target.is === 'Service') return decideInternal(question, target.own, asked);
  const why = `no app's Service is called ${asked.host}${question.caller === undefined ? '' : ` in ${question.caller.namespace}`}`;
  return { outcome: 'notFound', candidates: [], why, notes: [] };
}

function byName(a: ServedModel, b: ServedModel): number {
  const nameOf = ({ traffic: { app } }: ServedModel): string => `${app.namespace}/${app.name}`;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
