/** Names and values of headers, as conditions and edits have them. */
import type { z } from 'zod';
import { unless, withRules } from '../../schema/rule.ts';
import { stringMap } from '../../schema/string-map.ts';
import { text } from '../../schema/text.ts';
import type { TextForm } from '../../schema/text.ts';

/** A header's name: an RFC 7230 token, so no pseudo-header; `fix` says what stands for those. */
export function headerName(fix: string): TextForm {
  return {
    pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    max: 128,
    message: 'is not a header name',
    fix: `use a token of letters, digits and dashes, without a colon; ${fix}`,
  };
}

const valueWords = {
  message: 'is not a header value that a request can have',
  fix: 'use printable ASCII, neither empty nor with a space at an end',
};

/**
 * A header's value, never empty. In two rules, since the API server reckons beforehand what each regular expression may
 * cost, by its length.
 */
export const headerValue = withRules(text({ pattern: /^[ -~]+$/, max: 512, ...valueWords }), [
  {
    ...valueWords,
    cel: "!self.startsWith(' ') && !self.endsWith(' ')",
    // Of what has another fault too, one is enough.
    faults: (value: string) => unless(!/^[ -~]+$/.test(value) || value.trim() === value),
  },
]);

// Two conditions for the same: of a list the API server knows how long the texts made from it can be, of a map's keys not.

/** A CEL condition that no key of a map is there twice, whatever its case. */
const eachKeyOnce = 'self.all(one, self.exists_one(other, other.lowerAscii() == one.lowerAscii()))';

/** A CEL condition that no text of a list is there twice, whatever its case. */
export const eachTextOnce =
  '[self.map(one, one.lowerAscii())].all(names, names.all(one, names.exists_one(other, other == one)))';

/** Values by header name; no name twice, whatever its case. */
export function headerMap(
  names: TextForm,
  most = 16,
  values: z.ZodString = headerValue,
): z.ZodRecord<z.ZodString, z.ZodString> {
  return withRules(stringMap(values, { keys: names, most }), [
    {
      message: 'a header is named twice',
      fix: 'name it once; upper and lower case do not count',
      cel: eachKeyOnce,
      faults: (map) => {
        const known = Object.keys(map).map((name) => name.toLowerCase());
        return Object.keys(map).flatMap((name, at) => (known.indexOf(known[at] ?? '') < at ? [[name]] : []));
      },
    },
  ]);
}
