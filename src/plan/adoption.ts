/** Adoption: whether an object that is there already may be taken over, and if not, why (api.md, lifecycle.adopt: Matching). */
import { meaningfulAnnotations } from '../kube/dry-run.ts';
import { stableText } from '../kube/hash.ts';
import { appLabel, managedByLabel, managedByValue } from '../kube/identity.ts';
import { valueAt } from '../kube/json.ts';
import type { Manifest, ObjectMeta } from '../kube/manifest.ts';
import type { DesiredChild } from './desired-child.ts';
import type { LiveChild } from './live-child.ts';
import { mismatches, mismatchText } from './mismatches.ts';
import type { Mismatch } from './mismatches.ts';
import { projectSpec } from './projection.ts';

/** Why an object is left alone, and what to do. */
export type AdoptionRefusal = { readonly message: string; readonly fix: string };

/** What becomes of the object. */
export type Adoption = { readonly takes: true } | { readonly takes: false; readonly refusal: AdoptionRefusal };

/**
 * Judges a live object that is not ours. Undefined where it is not asked about: somebody controls it, or it was not read
 * whole. Labels, annotations and owner references of others stay; our own labels and reference are what a takeover adds.
 */
export function adoptionOf({ manifest, key }: DesiredChild, live: LiveChild): Adoption | undefined {
  const { whole } = live;
  if (live.controller !== undefined || whole === undefined) return undefined;
  if (live.deleting) return refused('is being deleted', 'nothing, if it is on its way: it is looked at again');
  const mark = markOf(whole.metadata, manifest.metadata);
  if (mark !== undefined) {
    return refused(
      `is managed by ${mark.whose} (${mark.text})`,
      `let ${mark.whose} let go of the object and take that ${mark.what} off it, or give this AppTraffic another name`,
    );
  }
  const found = [...annotationMismatches(manifest, whole), ...specMismatches(manifest, whole, key.namespace)];
  if (found.length === 0) return { takes: true };
  return refused(
    `is not as this AppTraffic would make it: ${mismatchText(found)}`,
    'make the object and the spec say the same, delete or rename the object, or give this AppTraffic another name',
  );
}

function refused(what: string, fix: string): Adoption {
  return { takes: false, refusal: { message: `an object of this name exists and ${what}`, fix } };
}

type Mark = { readonly whose: string; readonly what: 'label' | 'annotation'; readonly text: string };

/**
 * By what other tools know the objects that they delete, or put back: Helm (pkg/action/validate.go), Argo CD
 * (Resource Tracking), Flux (kustomize- and helm-controller). `app.kubernetes.io/instance` is none: charts and people set it
 * on everything.
 */
const marks: readonly { readonly whose: string; readonly what: Mark['what']; readonly key: string }[] = [
  { whose: 'Helm', what: 'annotation', key: 'meta.helm.sh/release-name' },
  { whose: 'Argo CD', what: 'annotation', key: 'argocd.argoproj.io/tracking-id' },
  { whose: 'Argo CD', what: 'label', key: 'argocd.argoproj.io/instance' },
  { whose: 'Flux', what: 'label', key: 'kustomize.toolkit.fluxcd.io/name' },
  { whose: 'Flux', what: 'label', key: 'helm.toolkit.fluxcd.io/name' },
];

/** What says that somebody else manages the object; `own`: as the operator would make it. */
function markOf({ labels = {}, annotations = {} }: ObjectMeta, own: ObjectMeta): Mark | undefined {
  const given = { label: labels, annotation: annotations };
  const tool = marks.find(({ what, key }) => given[what][key] !== undefined);
  if (tool !== undefined) return { ...tool, text: `${tool.what} ${tool.key}` };
  const app = labels[appLabel];
  if (app !== undefined && app !== own.labels?.[appLabel]) {
    return { whose: `AppTraffic ${app}`, what: 'label', text: `label ${appLabel}` };
  }
  const manager = labels[managedByLabel];
  if (manager === undefined || manager === managedByValue) return undefined;
  return { whose: manager, what: 'label', text: `label ${managedByLabel}` };
}

function specMismatches(wanted: Manifest, found: Manifest, namespace: string): readonly Mismatch[] {
  const ours = projectSpec(wanted);
  // A class that admission filled in is as good as one that somebody set, where it is the one that is wanted.
  const filledIn = 'ingressClassName';
  const theirs = {
    ...projectSpec(found),
    ...(ours[filledIn] === undefined ? {} : { [filledIn]: valueAt(found.spec, filledIn) }),
  };
  return stableText(ours) === stableText(theirs) ? [] : mismatches(ours, theirs, namespace);
}

/** What an Ingress controller takes orders by: an annotation of these that the spec does not want changes what requests get. */
const ordersIngress =
  /^(kubernetes\.io\/ingress|([a-z0-9-]+\.)*(ingress\.kubernetes\.io|nginx\.org|nginx\.com|haproxy\.org|haproxy-ingress\.github\.io|konghq\.com|projectcontour\.io)\/)/;

/** Annotations that would be set and are not, and those that would stay and change what the object does. */
function annotationMismatches(wanted: Manifest, found: Manifest): readonly Mismatch[] {
  const [ours, theirs] = [wanted.metadata.annotations ?? {}, found.metadata.annotations ?? {}];
  const lacking = Object.keys(ours).filter((name) => theirs[name] !== ours[name]);
  const meaningful = meaningfulAnnotations(wanted.kind);
  const isOrder = (name: string): boolean =>
    meaningful.includes(name) || (wanted.kind === 'Ingress' && ordersIngress.test(name));
  const extra = Object.keys(theirs).filter((name) => ours[name] === undefined && isOrder(name));
  return [...lacking, ...extra].sort().map((name) => ({
    path: `metadata.annotations["${name}"]`,
    // Annotations of others may hold anything, secrets too.
    found: theirs[name] === undefined ? 'absent' : 'set',
    wanted: ours[name] === undefined ? 'absent' : JSON.stringify(ours[name]),
  }));
}
