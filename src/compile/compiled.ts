/** What compile gives: the objects one AppTraffic becomes, what is wrong with it, and what status says of it. */
import type { ChildKind } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { Held } from '../model/traffic.ts';
import type { WeightManager } from '../model/moved-weights.ts';
import type { Problem } from '../model/problem.ts';
import type { AskedProbe } from './probe.ts';

/** Whether the app holds a host. `Conflicted`: another app does; `NotPermitted`: the platform did not grant it. */
export type HostState = { readonly host: string; readonly state: 'Granted' | 'Conflicted' | 'NotPermitted' };

/** Short texts for status and printer columns. */
export type Summary = {
  /** e.g. `https://shop.example.com`, with a port that is not the scheme's own; absent without an exact granted host. */
  readonly url?: string;
  /** e.g. `canary 10 / stable 90`; empty without a split. */
  readonly split: string;
  readonly provider: 'Istio' | 'Ingress' | '';
  /** e.g. `Strict`; empty when the spec says nothing. */
  readonly mtls: string;
  /** e.g. `2 hosts, 3 routes, mTLS Strict, 1 caller`. */
  readonly text: string;
};

/** The outcome of compile: a value. */
export type Compiled = {
  /** False: the object is refused whole; nothing is applied, pruned or repaired. */
  readonly accepted: boolean;
  /** Sorted by kind, namespace, name; without ownerReferences. Empty when not accepted. */
  readonly manifests: readonly Manifest[];
  /** Sorted by field. */
  readonly problems: readonly Problem[];
  readonly hosts: readonly HostState[];
  /** Who `internal.allow` admits, e.g. `team/checkout` (model/caller-identity.ts); absent without `allow`. */
  readonly callers?: readonly string[];
  /** What `internal.calls` lets the app's pods call, e.g. `payments/billing` (model/calls.ts); absent without `calls`. */
  readonly calls?: readonly string[];
  readonly summary: Summary;
  /** What the operator asks the app for as a client outside would; absent without `external.probe`. */
  readonly probe?: AskedProbe;
  /** Objects assumed to be there (offline), e.g. `Service shop/docs`; sorted. */
  readonly assumed: readonly string[];
  /** Kinds that the app needs and the cluster does not serve; nothing of theirs can be written. */
  readonly unavailableKinds: readonly ChildKind[];
  /** Who moves the weights of splits beside the operator; absent: nobody. */
  readonly weightsManagedBy?: WeightManager;
  /** Nothing may be written although the spec is accepted. */
  readonly held?: Held;
  /** When to compile again although nothing changes, in milliseconds since the epoch; absent: never. */
  readonly recheckAt?: number;
};
