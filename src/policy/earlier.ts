/** Which of two apps of a namespace was there first. */
import type { SiblingApp } from '../model/world.ts';

/** What of an app says how old it is; `created`: RFC 3339. */
type Aged = Pick<SiblingApp, 'app' | 'created'>;

/** Whether `a` was created before `b`; in the same second the name decides. */
export function isEarlier(a: Aged, b: Aged): boolean {
  return a.created === b.created ? a.app.name < b.app.name : a.created < b.created;
}
