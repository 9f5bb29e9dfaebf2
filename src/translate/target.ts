/** The contract of a translation target: model in, manifests and problems out; pure. */
import type { Manifest } from '../kube/manifest.ts';
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';

/** What a target makes of an app. Manifests carry namespace and our labels, no ownerReference (plan adds it). */
export type Translation = { readonly manifests: readonly Manifest[]; readonly problems: readonly Problem[] };

/** A pure translation; `traffic` holds only what was granted (hosts and routes refused by policy are already left out). */
export type Translate = (traffic: Traffic, world: World) => Translation;
