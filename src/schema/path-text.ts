/** Paths into an object, as people write them. */

/** `['spec', 'external', 'hosts', 1]` as `spec.external.hosts[1]`; a key that is no plain word goes into brackets and quotes. Empty for the object itself. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part, at) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return at === 0 ? part : `.${part}`;
    })
    .join('');
}
