/** What of a regular expression can be known without running it: nobody's pattern is run where others' apps are served. */

/** A literal character, escaped where it would have a meaning, and what stands behind it. */
const literal = /^(?:([^\\.[\](){}*+?|^$])|\\([^a-zA-Z0-9]))([*?{+]?)/;

/** Escaped characters and classes: what stands in them has no other meaning. */
const opaque = /\\.|\[(?:\\.|[^\]\\])+\]/g;
const innermostGroup = /\([^()]*\)/g;

/**
 * The literal text that everything a regular expression matches begins with; empty where the whole is a choice.
 * `/api/v[0-9]+` begins with `/api/v`, `/ap?i` with `/a`, `/a(b|c)` with `/a`.
 */
export function regexHead(regex: string): string {
  if (isChoice(regex)) return '';
  let head = '';
  let rest = regex;
  for (;;) {
    const [whole = '', plain, escaped, repeat = ''] = literal.exec(rest) ?? [];
    // What may be repeated may be missing.
    if (whole === '' || repeat !== '') return head;
    head += plain ?? escaped ?? '';
    rest = rest.slice(whole.length);
  }
}

/** Whether there may be alternatives outside every group; a live object may hold what the schema would refuse. */
function isChoice(regex: string): boolean {
  let flat = regex.replace(opaque, '');
  for (let before = ''; before !== flat;) {
    before = flat;
    flat = flat.replace(innermostGroup, '');
  }
  return /[|()]/.test(flat);
}
