/** Rules of an AuthorizationPolicy as sets of requests: what two of them admit both, and which one holds the other. */
import { isJsonObject, listAt, textsAt, valueAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';

/** Who may call what; a part that is absent: anybody, anything. */
type Access = {
  readonly source?: { readonly kind: SourceKind; readonly names: readonly string[] };
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly ports?: readonly string[];
};

const sourceKinds = ['principals', 'serviceAccounts', 'namespaces'] as const;
type SourceKind = (typeof sourceKinds)[number];
const parts = ['methods', 'paths', 'ports'] as const;

/** Those requests that both lists of rules admit, as rules; undefined: a rule says more than the operator ever writes. */
export function meetOf(a: readonly JsonObject[], b: readonly JsonObject[]): readonly JsonObject[] | undefined {
  const [left, right] = [accessesOf(a), accessesOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const found = right.flatMap((one) => left.flatMap((other) => meet(other, one) ?? []));
  // Of two that admit the same the first stays.
  return found
    .filter((one, at) => !found.some((other, i) => i !== at && holds(other, one) && (i < at || !holds(one, other))))
    .map(ruleOf);
}

/** Whether the first list admits all that the second one does, rule by rule. */
export function admitsAll(outer: readonly JsonObject[], inner: readonly JsonObject[]): boolean {
  const [wide, narrow] = [accessesOf(outer), accessesOf(inner)];
  if (wide === undefined || narrow === undefined) return false;
  return narrow.every((one) => wide.some((other) => holds(other, one)));
}

/** Undefined where one of them is none that the operator writes. */
function accessesOf(rules: readonly JsonObject[]): readonly Access[] | undefined {
  const known = rules.flatMap((rule) => accessOf(rule) ?? []);
  return known.length === rules.length ? known : undefined;
}

/** Undefined where the rule holds anything that the operator does not write. */
function accessOf(rule: JsonObject): Access | undefined {
  const [from, ...otherFrom] = listAt(rule, 'from');
  const [to, ...otherTo] = listAt(rule, 'to');
  const [source, operation] = [valueAt(from, 'source') ?? {}, valueAt(to, 'operation') ?? {}];
  if (otherFrom.length + otherTo.length > 0 || !isJsonObject(source) || !isJsonObject(operation)) return undefined;
  const kinds = Object.keys(source);
  const kind = sourceKinds.find((one) => one === kinds[0]);
  const isKnown =
    hasOnly(rule, ['from', 'to']) &&
    hasOnly(operation, parts) &&
    kinds.length <= 1 &&
    (kind !== undefined || kinds.length === 0);
  if (!isKnown) return undefined;
  const given = parts.flatMap((part) => (part in operation ? [[part, textsAt(operation, part)] as const] : []));
  return {
    ...(kind === undefined ? {} : { source: { kind, names: textsAt(source, kind) } }),
    ...Object.fromEntries(given),
  };
}

function hasOnly(object: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(object).every((key) => keys.includes(key));
}

function ruleOf({ source, ...operation }: Access): JsonObject {
  return {
    ...(source === undefined ? {} : { from: [{ source: { [source.kind]: source.names } }] }),
    ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
  };
}

function meet(a: Access, b: Access): Access | undefined {
  const source = meetOfSources(a.source, b.source);
  const lists = {
    methods: meetOfLists(a.methods, b.methods, isSame),
    paths: meetOfLists(a.paths, b.paths, isPathBelow),
    ports: meetOfLists(a.ports, b.ports, isSame),
  };
  const given = Object.entries(lists).filter(([, list]) => list !== undefined);
  if (source?.names.length === 0 || given.some(([, list]) => list?.length === 0)) return undefined;
  return { ...(source === undefined ? {} : { source }), ...Object.fromEntries(given) };
}

function meetOfSources(a: Access['source'], b: Access['source']): Access['source'] {
  if (a === undefined || b === undefined) return a ?? b;
  const narrow = a.kind === 'namespaces' ? b : a;
  const wide = narrow === a ? b : a;
  return { kind: narrow.kind, names: narrow.names.filter((name) => isNamedBy(wide, narrow.kind, name)) };
}

/** Whether the source means what another one means by the name; principals are not told apart by namespace. */
function isNamedBy({ kind, names }: NonNullable<Access['source']>, of: SourceKind, name: string): boolean {
  if (kind === of) return names.includes(name);
  return kind === 'namespaces' && of === 'serviceAccounts' && names.includes(name.split('/')[0] ?? '');
}

type IsWithin = (inner: string, outer: string) => boolean;

function meetOfLists(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
  isWithin: IsWithin,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const inBoth = [
    ...b.filter((one) => a.some((other) => isWithin(one, other))),
    ...a.filter((one) => b.some((other) => isWithin(one, other))),
  ];
  return [...new Set(inBoth)];
}

const isSame: IsWithin = (inner, outer) => inner === outer;

/** `/x/*` is all that begins with `/x/`. */
const isPathBelow: IsWithin = (inner, outer) =>
  inner === outer || (outer.endsWith('*') && inner.startsWith(outer.slice(0, -1)));

function holds(outer: Access, inner: Access): boolean {
  const { source } = outer;
  const isNamed =
    source === undefined ||
    inner.source?.names.every((name) => isNamedBy(source, inner.source?.kind ?? source.kind, name));
  return (
    isNamed === true &&
    holdsList(outer.methods, inner.methods, isSame) &&
    holdsList(outer.paths, inner.paths, isPathBelow) &&
    holdsList(outer.ports, inner.ports, isSame)
  );
}

function holdsList(outer: readonly string[] | undefined, inner: readonly string[] | undefined, isWithin: IsWithin) {
  return outer === undefined || inner?.every((one) => outer.some((other) => isWithin(one, other))) === true;
}
