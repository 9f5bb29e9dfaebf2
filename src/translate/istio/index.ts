/** The Istio target: everything of an app that Istio serves. */
import type { ChildKind } from '../../kube/gvk.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import type { Translation } from '../target.ts';
import { translateBodyLimit } from './body-limit.ts';
import { translateEntryPolicy } from './entry-policy.ts';
import { translateDestinationRule } from './destination-rule.ts';
import { translateHostBackends } from './host-backends.ts';
import { translateIstioExternal } from './external.ts';
import { translateIstioInternal } from './internal.ts';
import { translateRateLimit } from './rate-limit.ts';
import { translateCalls } from './sidecar.ts';
import { translateTelemetry } from './telemetry.ts';

/** The kinds that this target renders. */
export const istioKinds = [
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'ServiceEntry',
  'Sidecar',
  'EnvoyFilter',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
] as const satisfies readonly ChildKind[];

/** All Istio objects of an app, in no particular order. */
export function translateIstio(traffic: Traffic, world: World): Translation {
  const translations = [
    translateIstioExternal,
    translateIstioInternal,
    translateDestinationRule,
    translateHostBackends,
    translateCalls,
    translateBodyLimit,
    translateEntryPolicy,
    translateRateLimit,
    translateTelemetry,
  ];
  const parts = translations.map((translate) => translate(traffic, world));
  return {
    manifests: parts.flatMap(({ manifests }) => manifests),
    problems: parts.flatMap(({ problems }) => problems),
  };
}
