/** Judges weights by how often each backend answered. */
import { acceptance, unseenShare } from './binomial.ts';
import type { Acceptance } from './binomial.ts';
import type { Judgement } from './judgement.ts';

/** How sure a split that fails is wrong, in percent: right weights fail once in a thousand cases. */
export const confidencePercent = 99.9;

const error = 1 - confidencePercent / 100;

/** The expected weights in percent, none of them 0, beside the backend of each answer; undefined: none that is known. */
export function judgeSplit(
  split: Readonly<Record<string, number>>,
  answeredBy: readonly (string | undefined)[],
): Pick<Judgement, 'verdict' | 'got'> {
  const counts = new Map<string, number>();
  for (const name of answeredBy) counts.set(name ?? noBackend, (counts.get(name ?? noBackend) ?? 0) + 1);
  const total = answeredBy.length;
  const names = [...new Set([...Object.keys(split), ...counts.keys()])].sort();
  const sides = names.map((name) => {
    const count = counts.get(name) ?? 0;
    const allowed = allowedCounts(total, split[name] ?? 0, Object.keys(split).length);
    return { name, count, allowed, holds: count >= allowed.least && count <= allowed.most };
  });
  const text = sides
    .map(
      ({ name, count, allowed: { least, most } }) =>
        `${name} ${count} (${least === most ? least : `${least} to ${most}`})`,
    )
    .join(', ');
  return {
    verdict: sides.every(({ holds }) => holds) ? 'Holds' : 'Fails',
    got: `${text} of ${total} answers at ${confidencePercent}% confidence${unseenText(split, total)}`,
  };
}

/** The counts that pass for a weight in percent. The error is shared out among the sides, so that the whole case keeps it. */
export function allowedCounts(samples: number, weight: number, sides: number): Acceptance {
  return acceptance(samples, weight / 100, error / sides);
}

const noBackend = 'no backend';

/** What a count cannot show where one backend gets everything. */
function unseenText(split: Readonly<Record<string, number>>, total: number): string {
  if (Object.keys(split).length > 1) return '';
  return `; up to ${(unseenShare(total, error) * 100).toFixed(1)}% elsewhere would go unseen`;
}
