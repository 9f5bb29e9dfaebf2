/** The AppTraffic that owns children, and how it knows them. */
import type { LiveChild } from './live-child.ts';

/** The AppTraffic that owns the children. */
export type AppOwner = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Uids of the objects that its status names as its children: they stay ours when somebody strips our ownerReference. */
  readonly children?: ReadonlySet<string>;
  /** Uid of the namespace, which is the second owner of children that outlive the AppTraffic; absent: they go with it. */
  readonly keeper?: string;
};

/** Whether the child belongs to the AppTraffic: it is its controller, or was and nobody else is now. */
export function isOwnedBy({ controller, uid }: LiveChild, app: Pick<AppOwner, 'uid' | 'children'>): boolean {
  return controller === undefined ? app.children?.has(uid) === true : controller.uid === app.uid;
}

/** Why an object that is not owned is left alone. It stands in the namespace of the app, so its owner may be named. */
export function notOwnedText({ controller }: Pick<LiveChild, 'controller'>, app: Pick<AppOwner, 'name'>): string {
  if (isOfFormer(controller, app)) return 'the object of the AppTraffic that had this name before is not gone yet';
  const whose =
    controller === undefined
      ? 'is not controlled by this AppTraffic'
      : `belongs to ${controller.kind} ${controller.name}`;
  return `an object of this name exists and ${whose}`;
}

/** Whether the app was deleted and made anew, and the object is the old one's: the garbage collector is about to take it. */
export function isOfFormer(controller: LiveChild['controller'], { name }: Pick<AppOwner, 'name'>): boolean {
  return controller?.kind === 'AppTraffic' && controller.name === name;
}
