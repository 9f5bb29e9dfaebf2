/** The registry of targets: which of them an app goes through. */
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';
import { translateIngress } from './ingress/index.ts';
import { translateIstio } from './istio/index.ts';
import { translateService } from './service/service.ts';
import type { Translate, Translation } from './target.ts';

/** Every target, in order; each one renders what is its own and nothing for apps that are not. */
export const targets: readonly Translate[] = [translateService, translateIstio, translateIngress];

/** All objects of an app and everything that its targets find wrong. */
export function translate(traffic: Traffic, world: World): Translation {
  const translations = targets.map((target) => target(traffic, world));
  return {
    manifests: translations.flatMap(({ manifests }) => manifests),
    problems: translations.flatMap(({ problems }) => problems),
  };
}
