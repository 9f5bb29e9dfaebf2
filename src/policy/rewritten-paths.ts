/** AT0104: what a request's path is rewritten to must be a path, whatever the client wrote into the parts that are kept. */
import { appRoutes } from '../model/app-routes.ts';
import { groupFacts } from '../model/regex-groups.ts';
import type { GroupFacts } from '../model/regex-groups.ts';
import type { RegexRewrite } from '../model/route.ts';
import type { Policy } from './policy.ts';

/**
 * Refuses a rewrite by regular expression whose result may not begin with a slash, or may be changed again by the next
 * proxy: by a dot segment (`/../admin`) or an escape that is put together of parts. Whoever reads the route would not see
 * where its requests can go.
 */
export const rewrittenPaths: Policy = (traffic) => ({
  problems: appRoutes(traffic).flatMap(({ name, features }) => {
    const { rewriteRegex } = features;
    const why = rewriteRegex === undefined ? undefined : faultOf(rewriteRegex.value);
    if (rewriteRegex === undefined || why === undefined) return [];
    return [
      {
        code: 'AT0104',
        field: `${rewriteRegex.at}.with`,
        message: `route ${name} may rewrite a path to something else: ${why.message}`,
        fix: why.fix,
      },
    ];
  }),
});

type Fault = { readonly message: string; readonly fix: string };

/** What the new path is made of: literal text, or what a group takes. */
type Piece = string | (GroupFacts & { readonly name: string });

const wholeSegments =
  'let the group hold whole segments and stand between slashes in both, as /old/(.*) and /new/\\1 do, or let it take neither . nor % nor /, as ([a-z0-9-]+) does';

function faultOf({ match, with: replacement }: RegexRewrite): Fault | undefined {
  const facts = groupFacts(match);
  const pieces = replacement.split(/(\\\d)/).flatMap((text): readonly Piece[] => {
    const group = /^\\\d$/.test(text) ? facts[Number(text.slice(1))] : undefined;
    if (group !== undefined) return [{ ...group, name: text }];
    return text === '' ? [] : [text];
  });
  const [first] = pieces;
  if (typeof first === 'object' && !(first.isSlashed && first.isNeverEmpty)) {
    return { message: `${first.name} may be empty or not begin with /`, fix: 'begin with /' };
  }
  for (const [at, piece] of pieces.entries()) {
    if (typeof piece === 'object' && !keepsSegments(piece, pieces[at - 1], pieces[at + 1])) {
      const message = `${piece.name} may take a part of a segment, and with what stands beside it become one like .. or an escape`;
      return { message, fix: wholeSegments };
    }
  }
  if (!pieces.map(outlineOf).join('').split('/').some(isDots)) return undefined;
  return {
    message: 'a segment of dots and references may become a dot segment',
    fix: 'put another character into the segment',
  };
}

/** Whether the text of a group stays whole segments where it is put, or is no part of one that could mean something else. */
function keepsSegments(group: GroupFacts, before: Piece | undefined, after: Piece | undefined): boolean {
  if (group.isPlain) return true;
  if (!group.endsSegment || !beginsSegment(after)) return false;
  return group.isSlashed || (group.beginsSegment && typeof before === 'string' && before.endsWith('/'));
}

/** Whether what stands before this is a whole segment. */
function beginsSegment(piece: Piece | undefined): boolean {
  if (piece === undefined) return true;
  return typeof piece === 'string' ? piece.startsWith('/') : !piece.isPlain && piece.isSlashed;
}

/** The literal text of each segment; what stands for whole segments is one that is no dots. */
function outlineOf(piece: Piece): string {
  if (typeof piece === 'string') return piece;
  if (piece.isPlain) return piece.isNeverEmpty ? '-' : '';
  return piece.isSlashed ? '/-' : '-';
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..';
}
