/** TCP connections: what `decide` says of one and what came of it, in the words of what was written by hand. */
import type { Decision } from '../../../src/decide/decision.ts';
import type { TalkResult } from '../../testbed/mesh/wire.ts';
import type { Talk } from './live-case.ts';

/** What is said over every connection. */
export const said = 'over and back\n';

/** What a connection gets: a backend and one of its pods, or how it ends. */
type View = { readonly decided: Talk['gets'] | Decision['outcome']; readonly seen: Talk['gets'] | TalkResult };

const endings = { notFound: 'refused', deny: 'closed' } as const;

function decidedView({ outcome, forwarded }: Decision, gets: Talk['gets']): View['decided'] {
  if (outcome === 'notFound' || outcome === 'deny') return endings[outcome];
  const [backend, ...others] = forwarded?.backends ?? [];
  if (outcome !== 'route' || typeof gets === 'string' || others.length > 0) return outcome;
  return { ...gets, backend: backend?.name ?? '' };
}

function seenView(result: TalkResult, gets: Talk['gets']): View['seen'] {
  const { received, ended, during } = result;
  if (received === '' && ended === 'ECONNREFUSED' && during === 'connect') return 'refused';
  // Where a proxy closes before it has read what was said, the kernel resets the connection.
  const isOver = ended === 'CLOSED' || ended === 'ECONNRESET';
  if (!received.includes(said) && isOver && during === 'talk') return 'closed';
  const isAnswer = typeof gets === 'object' && gets.pods.some((pod) => received === `${pod}\n${said}`);
  return isAnswer ? { backend: 'app', ...gets } : result;
}

/** Both, as they are; and as they must be. */
export function talkViews(talk: Talk, decision: Decision, result: TalkResult): readonly [is: View, wanted: View] {
  const { gets } = talk;
  const wanted = typeof gets === 'string' ? gets : { backend: 'app', ...gets };
  return [
    { decided: decidedView(decision, gets), seen: seenView(result, gets) },
    { decided: wanted, seen: wanted },
  ];
}
