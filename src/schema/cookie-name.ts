/** Names of cookies that a proxy sets. */
import { text } from './text.ts';

/** A name that stands in a Set-Cookie header and in the text of a condition alike. */
export const cookieName = text({
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
  max: 64,
  message: 'is not the name of a cookie that can be set',
  fix: 'use letters, digits, dashes and underscores, begin and end with a letter or digit',
});
