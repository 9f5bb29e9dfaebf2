/** What most cases outside share: two pods of two versions, and an app that selects both. */

/** Pods of backend stable. */
export const stable = 'shop-v1';
/** Pods of backend canary. */
export const canary = 'shop-v2';
/** All pods of the app. */
export const both = [stable, canary];

/** The spec of an app over both pods; `host` and the rest are the case's own. */
export function shopSpec(external: object, more: object = {}): object {
  return {
    port: 8080,
    app: { selector: { app: 'shop' } },
    backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
    external,
    ...more,
  };
}
