/** When an object of somebody else, in the way of a child, is looked at again. */

/** How often a child that belongs to somebody else is looked at again (architecture, §4: every 60 s with jitter). */
const strangerMs = 60_000;
const jitter = 0.2;

/** When to look again at an object of somebody else that was seen at `now`; both in milliseconds since the epoch. */
export function strangerLook(tools: { readonly now: () => number; readonly random: () => number }): number {
  return tools.now() + strangerMs * (1 + jitter * tools.random());
}
