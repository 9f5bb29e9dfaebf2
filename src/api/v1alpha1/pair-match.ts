/** Cookies and parameters of the query as conditions: pairs of a name and a value, in which upper and lower case count. */
import { stringMap } from '../../schema/string-map.ts';
import { text } from '../../schema/text.ts';

/** Cookies by name, with the value of a cookie pair (RFC 6265 §4.1.1, without quotes). */
export const cookies = stringMap(
  text({
    pattern: /^[!#-+\--:<-[\]-~]+$/,
    max: 256,
    message: 'is not the value of a cookie',
    fix: 'use printable ASCII without blanks, quotes, commas, semicolons and backslashes',
  }),
  {
    keys: {
      pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
      max: 128,
      message: 'is not the name of a cookie',
      fix: 'use letters, digits, dashes and underscores',
    },
    most: 8,
  },
);

/** Parameters by name, both as they stand in the URL (RFC 3986 §3.4). */
export const query = stringMap(
  text({
    pattern: /^[!$%(-;=?-[\]_a-z~]+$/,
    max: 256,
    message: 'is not the value of a query parameter as a URL has it',
    fix: 'write it encoded (%20 for a blank), without & and #; a value is never empty',
  }),
  {
    keys: {
      pattern: /^[!$%(-;?-[\]_a-z~]+$/,
      max: 64,
      message: 'is not the name of a query parameter as a URL has it',
      fix: 'write it encoded (%20 for a blank), without &, = and #',
    },
    most: 16,
  },
);
