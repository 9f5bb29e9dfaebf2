/** DNS names that requests ask for. */
import { text } from './text.ts';

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const topLabel = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
const fix = 'write a lower-case DNS name of at least two labels, without a trailing dot, port or scheme';

/** A DNS name without a wildcard. The last label begins with a letter, so an IP address is none. */
export const exactHost = text({
  pattern: new RegExp(`^(?:${label}\\.)+${topLabel}$`),
  max: 253,
  message: 'is not a host name',
  fix,
});

/** A DNS name, or a wildcard `*.` before one. */
export const host = text({
  pattern: new RegExp(`^(?:\\*\\.)?(?:${label}\\.)+${topLabel}$`),
  max: 253,
  message: 'is not a host name or a wildcard below one',
  fix: `${fix}; a wildcard is a leading *. and nothing else`,
});

/** Whether `name` is one of `hosts`, or a name below a wildcard among them (`*.x` holds a.x and a.b.x). */
export function isWithin(name: string, hosts: readonly string[]): boolean {
  return hosts.some(
    (one) => one === name || (one.startsWith('*.') && !name.startsWith('*.') && name.endsWith(one.slice(1))),
  );
}
