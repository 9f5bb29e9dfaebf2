/** URL paths as conditions and replacements. */
import { text } from '../../schema/text.ts';

/** Not empty, and neither . nor .. */
const segment = '(?:\\.{0,2}[\\w~-]|\\.{3})[\\w.~-]*';
const fix =
  'begin with /, use letters, digits and . _ ~ - between single slashes, no . or .. segment, no query, no escapes';

/**
 * A path of whole segments. Only unreserved characters (RFC 3986 §2.3): they read the same encoded and decoded, and no
 * ingress controller's configuration gives them a meaning of its own.
 */
export const path = text({
  pattern: new RegExp(`^(?:(?:\\/${segment})+\\/?|\\/)$`),
  max: 512,
  message: 'is not a plain path',
  fix,
});

/** A path of an allow entry: exact, or ending in `/*` for itself and all below. */
export const allowedPath = text({
  pattern: new RegExp(`^(?:(?:\\/${segment})+|(?:\\/${segment})*\\/\\*?)$`),
  max: 256,
  message: 'is not a path or a path ending in /*',
  fix,
});
