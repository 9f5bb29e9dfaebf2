/** Edits of headers as a VirtualService has them (networking.istio.io/v1, Headers.HeaderOperations). */
import type { HeaderEdits, HeaderLine } from '../../model/route.ts';
import type { HeaderOperations } from './route-piece.ts';

/** What is set, added and removed. */
export function headerOperations({ set, add, remove }: HeaderEdits): HeaderOperations {
  return {
    ...(set.length === 0 ? {} : { set: headerTexts(set) }),
    ...(add.length === 0 ? {} : { add: headerTexts(add) }),
    ...(remove.length === 0 ? {} : { remove }),
  };
}

/** Envoy takes `%NAME%` in a value for a variable, and `%%` for a percent sign. */
function headerTexts(lines: readonly HeaderLine[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map(({ name, value }) => [name, value.replaceAll('%', '%%')]));
}
