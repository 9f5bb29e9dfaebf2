/** The AppTraffic that owns children, and how it knows them. */
import type { LiveChild } from './live-child.ts';

/** The AppTraffic that owns the children. */
export type AppOwner = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Uids of the objects that its status names as its children: they stay ours when somebody strips our ownerReference. */
  readonly children?: ReadonlySet<string>;
};

/** Whether the child belongs to the AppTraffic: it is its controller, or was and nobody else is now. */
export function isOwnedBy({ controller, uid }: LiveChild, app: Pick<AppOwner, 'uid' | 'children'>): boolean {
  return controller === undefined ? app.children?.has(uid) === true : controller.uid === app.uid;
}

/** Why an object that is not owned is left alone. */
export const notOwnedText = 'an object of this name exists and is not controlled by this AppTraffic';
