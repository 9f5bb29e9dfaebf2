/** The pace of probers: requests leave at a steady rate, whatever becomes of those before them (an open loop). */

/** How many requests are sent, and when to hold back. */
export type Pace = {
  /** All probes together. */
  readonly perSecond: number;
  /** Answers that may be outstanding; a request that would be one more is left out, not sent later. */
  readonly atOnce: number;
  /** The end of the loop, whatever happens: slots in all. */
  readonly slots: number;
};

/** How far a loop is: slots used so far (sent or left out), answers outstanding, and time since its start. */
export type Progress = { readonly used: number; readonly open: number; readonly elapsedMs: number };

/** What is due now. */
export type Due = { readonly send: number; readonly leaveOut: number; readonly isOver: boolean };

/** What is due: one slot every 1/`perSecond` s, the first at once. */
export function dueNow({ perSecond, atOnce, slots }: Pace, { used, open, elapsedMs }: Progress): Due {
  const passed = Math.min(slots, Math.floor((elapsedMs * perSecond) / 1_000) + 1);
  const due = Math.max(0, passed - used);
  const send = Math.min(due, Math.max(0, atOnce - open));
  return { send, leaveOut: due - send, isOver: used + due >= slots };
}
