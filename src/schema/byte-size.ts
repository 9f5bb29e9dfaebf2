/** Sizes in bytes as Kubernetes quantities: `8Mi`, `500k`, `1048576`; whole numbers with one suffix or none, a bounded subset. */
import type { z } from 'zod';
import { celMatches, unless, withRules } from './rule.ts';
import { text } from './text.ts';

const form = /^[0-9]{1,9}(?:k|M|G|Ki|Mi|Gi)?$/;
const bytesOf: Readonly<Record<string, number>> = {
  '': 1,
  k: 1000,
  M: 1000 ** 2,
  G: 1000 ** 3,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** A size from one byte to `most`, itself a size. */
export function byteSize(most: string): z.ZodString {
  const mostBytes = byteCount(most);
  return withRules(
    text({
      pattern: form,
      max: 16,
      message: 'is not a size in bytes',
      fix: 'write a whole number with k, M, G, Ki, Mi, Gi or nothing behind it, as text: 8Mi, 500k or "1048576"',
    }),
    [
      {
        message: 'is no size at all',
        fix: 'write at least "1"; without the field there is no limit',
        cel: celMatches('self', /[1-9]/),
        // Of what is no size at all, one fault is enough.
        faults: (value: string) => unless(!form.test(value) || byteCount(value) > 0),
      },
      {
        message: 'is too large',
        fix: `write at most ${most}`,
        cel: `!(${celMatches('self', form)}) || quantity(self).compareTo(quantity('${most}')) <= 0`,
        faults: (value: string) => unless(!form.test(value) || byteCount(value) <= mostBytes),
      },
    ],
  );
}

/** Bytes of a size that the schema accepted; NaN for any other text. */
export function byteCount(value: string): number {
  if (!form.test(value)) return Number.NaN;
  const [, count, suffix = ''] = /^([0-9]+)(.*)$/.exec(value) ?? [];
  return Number(count) * (bytesOf[suffix] ?? Number.NaN);
}
