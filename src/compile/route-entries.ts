/** What an app's routes look like once rendered: evidence of hosts compares it with what is live. */
import type { Manifest } from '../kube/manifest.ts';
import type { Platform } from '../model/platform.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { translate } from '../translate/translate.ts';

export { httpsRedirectEntry, isKeptEntry, routeOfEntry } from '../translate/istio/entry-name.ts';

/**
 * The objects that the app would become if it were granted everything: only for comparison, never applied. Needs no
 * facts of the cluster but the classes that decide a dialect.
 */
export function renderedAsAsked(
  traffic: Traffic,
  facts: { readonly platform: Platform; readonly ingressClasses: World['ingressClasses'] },
): readonly Manifest[] {
  return translate(traffic, {
    ...facts,
    now: '',
    created: '',
    hosts: [],
    siblings: [],
    services: [],
    gateways: [],
    namespaces: [],
    assumesPresent: true,
  }).manifests;
}
