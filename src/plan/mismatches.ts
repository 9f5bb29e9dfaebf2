/** Where the spec of an object of somebody else differs from the desired one, in words that its readers may see. */
import { stableText } from '../kube/hash.ts';
import { isJsonObject } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';

/** One place, e.g. `spec.http[0].timeout`, with what is there and what would be, as JSON or in a word. */
export type Mismatch = { readonly path: string; readonly found: string; readonly wanted: string };

const longestValue = 60;
const mostShown = 3;

/** The places where two specs differ, in the order of fields; lists of one length are compared item by item. */
export function mismatches(wanted: JsonObject, found: JsonObject, namespace: string): readonly Mismatch[] {
  return compare(wanted, found, { path: 'spec', isPrivate: false, namespace });
}

/** The first few of them. */
export function mismatchText(all: readonly Mismatch[]): string {
  const shown = all.slice(0, mostShown).map(({ path, found, wanted }) => `${path} is ${found}, not ${wanted}`);
  const rest = all.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
}

type Place = {
  readonly path: string;
  /** The values below are none that whoever reads the AppTraffic need be able to read. */
  readonly isPrivate: boolean;
  readonly namespace: string;
};

function compare(wanted: unknown, found: unknown, place: Place): readonly Mismatch[] {
  if (isJsonObject(wanted) && isJsonObject(found)) {
    const fields = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
    return fields.flatMap((field) => compare(wanted[field], found[field], below(place, field)));
  }
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.flatMap((item, at) => compare(item, found[at], { ...place, path: `${place.path}[${at}]` }));
  }
  if (stableText(wanted) === stableText(found)) return [];
  return [{ path: place.path, found: textOf(found, place), wanted: textOf(wanted, { ...place, isPrivate: false }) }];
}

/**
 * Header values and bodies may be credentials; identities and hosts may name other namespaces. Those of the live object
 * are not shown: whoever reads an AppTraffic need not be allowed to read what stands in its way.
 */
const privateFields: ReadonlySet<string> = new Set([
  'headers',
  'withoutHeaders',
  'queryParams',
  'directResponse',
  'source',
  'exportTo',
]);

function below({ path, isPrivate, namespace }: Place, field: string): Place {
  return {
    path: /^[A-Za-z0-9_-]+$/.test(field) ? `${path}.${field}` : `${path}[${JSON.stringify(field)}]`,
    isPrivate: isPrivate || privateFields.has(field),
    namespace,
  };
}

function textOf(value: unknown, place: Place): string {
  if (value === undefined) return 'absent';
  if (isJsonObject(value)) return 'set';
  if (Array.isArray(value)) return listText(value, place);
  if (place.isPrivate || (typeof value === 'string' && namesNamespace(value, place))) return 'another value';
  return clipped(JSON.stringify(value));
}

function listText(items: readonly unknown[], place: Place): string {
  const isShown = items.every(
    (item) => typeof item !== 'object' && !(typeof item === 'string' && namesNamespace(item, place)),
  );
  return isShown && !place.isPrivate
    ? clipped(JSON.stringify(items))
    : `${items.length} ${items.length === 1 ? 'item' : 'items'}`;
}

/** Whether the text may name another namespace: `namespace/name`, or the DNS name of a Service there. */
function namesNamespace(text: string, { path, namespace }: Place): boolean {
  const [, before] = /^([a-z0-9-]+)\/[^/]/.exec(text) ?? [];
  const [, inside] = /\.([a-z0-9-]+)\.svc(\.|$)/.exec(text) ?? [];
  const [, short] = (path.endsWith('.host') ? /^[a-z0-9-]+\.([a-z0-9-]+)$/.exec(text) : undefined) ?? [];
  return [before, inside, short].some((one) => one !== undefined && one !== namespace);
}

function clipped(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1).toWellFormed()}…`;
}
