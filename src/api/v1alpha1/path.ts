/** URL paths as conditions and replacements. */
import { text } from '../../schema/text.ts';

const segment = '(?:[A-Za-z0-9_~-]|\\.[A-Za-z0-9_~-]|\\.\\.[A-Za-z0-9_.~-])[A-Za-z0-9_.~-]*';
const plainPath = `\\/(?:${segment}(?:\\/${segment})*\\/?)?`;
const fix =
  'begin with /, use letters, digits and . _ ~ - between single slashes, no . or .. segment, no query, no escapes';

/**
 * A path of whole segments. Only unreserved characters (RFC 3986 §2.3): they read the same encoded and decoded, and no
 * ingress controller's configuration gives them a meaning of its own.
 */
export const path = text({
  pattern: new RegExp(`^${plainPath}$`),
  max: 1024,
  message: 'is not a plain path',
  fix,
});

/** A path of an allow entry: exact, or ending in `/*` for itself and all below. */
export const allowedPath = text({
  pattern: new RegExp(`^(?:${plainPath}|(?:\\/${segment})*\\/\\*)$`),
  max: 256,
  message: 'is not a path or a path ending in /*',
  fix,
});
