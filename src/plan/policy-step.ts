/** Policies while routes change: nobody gets an old route by what is new, nor a new route by what is old (architecture §4). */
import { isDryRun } from '../kube/dry-run.ts';
import { stableText } from '../kube/hash.ts';
import { isJsonObject, listAt, textAt } from '../kube/json.ts';
import type { JsonObject } from '../kube/json.ts';
import type { Manifest } from '../kube/manifest.ts';
import { admitsAll, meetOf } from './access.ts';
import { enforcing, withSpec } from './desired-child.ts';
import type { DesiredChild } from './desired-child.ts';
import { guardsEntry } from './routes-in-use.ts';

/**
 * The policy for the time in which routes change: it admits whom both the live list and the desired one admit, and whoever
 * serves the app outside to the ports of both. `isLive`: the live object admits just these.
 */
export type PolicyStep = { readonly child: DesiredChild; readonly isLive: boolean };

/**
 * The step between the live policy and the desired one; undefined where none is needed: the desired one admits nobody whom
 * the live one does not, or a rule is none of ours. `isServed`: routes lead in from outside, so the last rule is for the
 * identity that serves them.
 */
export function policyStep(child: DesiredChild, live: Manifest, isServed: boolean): PolicyStep | undefined {
  if (child.key.kind !== 'AuthorizationPolicy') return undefined;
  if (guardsEntry(child.extract)) return refusingStep(child, live);
  const [found, wanted] = [rulesOf(live), rulesOf(child.manifest)];
  const common = meetOf(found, wanted);
  if (common === undefined) return undefined;
  const rules = isServed ? withServing(common, writtenRules(live), writtenRules(child.manifest)) : common;
  if (admitsAll(rules, wanted) && admitsAll(wanted, rules)) return undefined;
  const { rules: _, ...rest } = isJsonObject(child.manifest.spec) ? child.manifest.spec : {};
  // Without rules nobody is admitted.
  const step = withSpec(enforcing(child), { ...rest, ...(rules.length === 0 ? {} : { rules }) });
  return { child: step, isLive: !isDryRun(live) && admitsAll(rules, found) && admitsAll(found, rules) };
}

/** What refuses, or asks: the rules of both, each of which names the routes that it is for. */
function refusingStep(child: DesiredChild, live: Manifest): PolicyStep | undefined {
  if (textAt(live.spec, 'action') !== textAt(child.manifest.spec, 'action')) return undefined;
  const [found, wanted] = [writtenRules(live), writtenRules(child.manifest)];
  const lacks = (rules: readonly JsonObject[], rule: JsonObject): boolean =>
    !rules.some((one) => stableText(one) === stableText(rule));
  const old = found.filter((rule) => lacks(wanted, rule));
  if (old.length === 0) return undefined;
  const spec = isJsonObject(child.manifest.spec) ? child.manifest.spec : {};
  const isLive = !isDryRun(live) && !wanted.some((rule) => lacks(found, rule));
  return { child: withSpec(child, { ...spec, rules: [...wanted, ...old] }), isLive };
}

/** Gateways are told by routes what to send, so their identity may have all ports that routes of either spec lead to. */
function withServing(
  rules: readonly JsonObject[],
  found: readonly JsonObject[],
  wanted: readonly JsonObject[],
): readonly JsonObject[] {
  const serving = wanted.at(-1);
  if (serving === undefined) return rules;
  const before = found.filter((rule) => sourceText(rule) === sourceText(serving));
  const isCovered = (rule: JsonObject): boolean => admitsAll(rules, [rule]);
  return [...rules, ...[...before, serving].filter((rule) => !isCovered(rule))];
}

function sourceText(rule: JsonObject): string {
  return JSON.stringify(rule.from);
}

/** The rules; one that only says what it would do admits everybody. */
function rulesOf(policy: Manifest): readonly JsonObject[] {
  return isDryRun(policy) ? [{}] : writtenRules(policy);
}

function writtenRules({ spec }: Manifest): readonly JsonObject[] {
  return listAt(spec, 'rules').filter(isJsonObject);
}
